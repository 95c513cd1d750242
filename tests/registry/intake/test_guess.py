"""The proposed mapping: what is guessed from headings and content, what never is, and that it can be used as it stands."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.catalogue import read_catalogue
from registry.demo.generate import generate
from registry.demo.run import CATALOGUE
from registry.intake.guessing.guess import KINDS, Confidence, Reason
from registry.intake.guessing.headings import likeness, renamed, synonyms
from registry.intake.guessing.proposal import Proposal, Sample, mapping_text, propose
from registry.intake.mapping import Field, MappingInvalid, Meaning, Repeated, parse_mapping, require_columns
from tests.registry.small import TODAY
from vocab.authority import FaceField, FaceItem, LicenseType, NumberingScheme, Scope
from vocab.license import LocalText
from vocab.thai import Era

ANY = NumberingScheme()
CITIZENS = ("1101700203451", "3100600445635", "1234567890121", "5100100000005", "3730300123457", "8571284021301")
COMPANIES = ("0107558000482", "0107558000491", "0105558189338", "0107558000474", "0105558198981", "0105558197683")


def table(headings: Sequence[str], *rows: Sequence[str]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([headings, *rows])
    return text.getvalue().encode()


def proposed(
    body: bytes,
    license_type: LicenseType | None = None,
    scheme: NumberingScheme = ANY,
    said: Mapping[str, Sequence[str]] | None = None,
) -> Proposal:
    return propose(body, "list.csv", license_type=license_type, scheme=scheme, today=TODAY, said=said)


def fields(proposal: Proposal) -> dict[str, tuple[str, ...]]:
    return {guess.field: guess.headings for guess in proposal.guesses}


# What is found


def test_every_table_of_the_demo_is_mapped_as_its_agency_would(tmp_path: Path) -> None:
    catalogue = read_catalogue(CATALOGUE)
    types = {each.code: each for each in catalogue.type}
    schemes = {(each.authority, each.type): each.scheme for each in catalogue.mandate}
    missed = []
    for publication in generate(tmp_path, today=TODAY):
        scheme = schemes[publication.authority, publication.type]
        proposal = proposed(publication.file.read_bytes(), types[publication.type], scheme)
        own = parse_mapping(publication.mapping.read_text(encoding="utf-8"), "own")
        found = parse_mapping(mapping_text(proposal), "proposed")
        assert found.dates == own.dates
        for ours, theirs in ((own.columns, found.columns), (own.particulars, found.particulars)):
            assert theirs.keys() <= ours.keys(), publication
            assert all(ours[name] == headings for name, headings in theirs.items()), publication
            missed += [(publication.type, name) for name in ours.keys() - theirs.keys()]
    # A column that is called "remarks" is no condition unless somebody says so; and total horsepower is not quite horsepower.
    assert sorted(missed) == [("factory", "power"), ("health-hazard", "condition")]


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("เลขที่ใบอนุญาต\n(ตามแบบ)", "number"),
        ("LICENSE_NUMBER", "number"),
        ("Licence No.", "number"),
        ("ชื่อผู้รับใบอนุญาต/ผู้ดำเนินกิจการ", "licensee"),
        ("วัน เดือน ปี ที่หมดอายุ", "expires_on"),
        ("Expiration Date", "expires_on"),
        ("EXP. DATE", "expires_on"),
        ("วันที่ออกใบอนุญาต (วว/ดด/ปปปป)", "issued_on"),
        ("DateIssued", "issued_on"),
        ("ตำบล / แขวง", "subdistrict"),
        ("ชื่อสถานประกอบการ (ร้าน)", "premises"),
        ("สถานะใบอนุญาต", "status"),
        ("เลขทะเบียนนิติบุคคล 13 หลัก", "juristic_id"),
    ],
)
def test_a_heading_says_most_of_what_it_is(heading: str, kind: str) -> None:
    nearest = max(synonyms(), key=lambda each: likeness(heading, each))
    assert nearest == kind
    assert likeness(heading, kind) >= 0.5


def test_a_heading_that_is_wholly_known_is_certain_and_says_why() -> None:
    body = table(("เลขที่ใบอนุญาต", "วันหมดอายุ"), *[(f"{n}/2567", "31/12/2569") for n in range(1, 9)])
    number, end = proposed(body).guesses
    assert (number.confidence, number.reasons) == (Confidence.CERTAIN, (Reason.HEADING, Reason.CONTENT))
    assert (end.field, end.fit) == (Field.EXPIRES_ON, 1.0)
    assert proposed(body).samples[end.field] == (Sample("31/12/2569", "2026-12-31"),)


def test_three_cells_of_each_field_are_shown_as_they_will_be_read() -> None:
    rows = [
        ("22308.0", "99", "", "31/12/67"),
        ("22309", "7", "มิตรภาพ", "ไม่ทราบ"),
        ('="0123"', "-", "", "1/1/68"),
        ("5", "1", "", ""),
    ]
    body = table(("เลขที่ใบอนุญาต", "บ้านเลขที่", "ถนน", "วันหมดอายุ"), *rows)
    samples = proposed(body).samples
    assert samples["number"] == (Sample("22308.0", "22308"), Sample("22309", "22309"), Sample("0123", "0123"))
    assert samples["street"] == (Sample("99", "99"), Sample("7 มิตรภาพ", "7 มิตรภาพ"), Sample("1", "1"))
    assert samples["expires_on"] == (
        Sample("31/12/67", "2024-12-31"),
        Sample("ไม่ทราบ", ""),
        Sample("1/1/68", "2025-01-01"),
    )


def test_one_last_day_for_nearly_all_is_a_column_of_dates() -> None:
    rows = [(f"{n}/2567", "31/12/2569") for n in range(1, 119)]
    body = table(("เลขที่ใบอนุญาต", "วันหมดอายุ"), *rows, ("119/2567", "รอต่ออายุ"), ("120/2567", "ไม่แน่ใจ"))
    assert fields(proposed(body))["expires_on"] == ("วันหมดอายุ",)


def test_the_content_alone_is_a_guess_at_most() -> None:
    rows = [(f"A-{n:03}/2567", company, "นครพนม") for n, company in enumerate(COMPANIES)]
    proposal = proposed(table(("x1", "x2", "x3"), *rows))
    assert fields(proposal) == {"number": ("x1",), "juristic_id": ("x2",), "province": ("x3",)}
    assert {guess.confidence for guess in proposal.guesses} == {Confidence.GUESS}
    assert all(guess.reasons == (Reason.CONTENT,) for guess in proposal.guesses)


def test_a_date_heading_over_something_else_is_no_date() -> None:
    body = table(("เลขที่ใบอนุญาต", "วันหมดอายุ"), ("1/2567", "ใกล้แล้ว"), ("2/2567", "ยังไม่ทราบ"))
    assert fields(proposed(body)) == {"number": ("เลขที่ใบอนุญาต",)}


def test_a_running_number_is_no_licence_number() -> None:
    rows = [(str(n), f"{n * 7 % 31}/2567", "ร้าน") for n in range(1, 20)]
    assert fields(proposed(table(("ที่", "เลขที่", "ชื่อร้าน"), *rows))) == {"number": ("เลขที่",), "premises": ("ชื่อร้าน",)}
    assert "number" not in fields(proposed(table(("a", "b"), *[(str(n), "ร้าน") for n in range(1, 20)])))


def test_pieces_of_an_address_are_joined_in_the_order_of_the_file() -> None:
    rows = [("1/2567", "99", "4", "สุขใจ 3", "มิตรภาพ", "โพธิ์ตาก"), ("2/2567", "7/1", "2", "", "มิตรภาพ", "โพธิ์ตาก")]
    found = fields(proposed(table(("เลขที่ใบอนุญาต", "บ้านเลขที่", "หมู่ที่", "ซอย", "ถนน", "ตำบล"), *rows)))
    assert found["street"] == ("บ้านเลขที่", "หมู่ที่", "ซอย", "ถนน")
    assert found["subdistrict"] == ("ตำบล",)


def test_a_whole_address_is_not_joined_with_pieces_of_it() -> None:
    whole = "99/1 หมู่ 4 ถนนมิตรภาพ ตำบลโพธิ์ตาก อำเภอเมืองนครพนม"
    found = fields(
        proposed(table(("เลขที่ใบอนุญาต", "ที่อยู่", "ถนน"), ("1/2567", whole, "มิตรภาพ"), ("2/2567", whole, "มิตรภาพ")))
    )
    assert found["street"] == ("ที่อยู่",)


def test_the_english_name_goes_beside_the_thai_one() -> None:
    rows = [("1/2567", "บริษัท ครัวดี จำกัด", "Good Kitchen Co., Ltd.")]
    found = fields(proposed(table(("เลขที่ใบอนุญาต", "ผู้ประกอบการ", "Operator"), *rows)))
    assert (found["licensee"], found["licensee_en"]) == (("ผู้ประกอบการ",), ("Operator",))


# What is never mapped


def test_a_column_of_citizens_numbers_is_never_mapped() -> None:
    for heading in ("เลขที่ใบอนุญาต", "เลขประจำตัวผู้เสียภาษี", "ที่อยู่", "เลขบัตรประชาชน", "อะไรก็ได้"):
        rows = [(f"{n}/2567", number) for n, number in enumerate(CITIZENS)]
        proposal = proposed(table(("เลขที่", heading), *rows))
        assert proposal.withheld == (heading,), heading
        assert fields(proposal) == {"number": ("เลขที่",)}
        assert f'# never published: "{heading}"' in mapping_text(proposal)


def test_a_column_that_is_called_so_is_withheld_whatever_stands_in_it() -> None:
    proposal = proposed(table(("เลขที่ใบอนุญาต", "เลขประจำตัวประชาชนผู้ขอ"), ("1/2567", ""), ("2/2567", "x")))
    assert proposal.withheld == ("เลขประจำตัวประชาชนผู้ขอ",)


def test_juristic_numbers_with_some_citizens_among_them_stay_juristic_numbers() -> None:
    rows = [(f"{n}/2567", number) for n, number in enumerate((*COMPANIES, CITIZENS[0], CITIZENS[1]))]
    assert fields(proposed(table(("เลขที่", "เลขประจำตัวผู้เสียภาษี"), *rows)))["juristic_id"] == ("เลขประจำตัวผู้เสียภาษี",)


# Dates, repeats, statuses, blanks


@pytest.mark.parametrize(
    ("years", "era", "is_open"),
    [
        (("67", "69"), Era.BUDDHIST, False),
        (("24", "27"), Era.COMMON, False),
        (("2567", "2569"), None, False),
        (("40", "67"), None, True),
    ],
)
def test_the_era_of_years_with_two_digits(years: Sequence[str], era: Era | None, is_open: bool) -> None:
    rows = [(f"{n}/2567", f"1/3/{year}") for n, year in enumerate(years)]
    proposal = proposed(table(("เลขที่", "วันออก"), *rows))
    assert (proposal.era, proposal.is_era_open) == (era, is_open)
    assert parse_mapping(mapping_text(proposal), "proposed").dates.era == era


@pytest.mark.parametrize(
    ("rows", "scheme", "repeated"),
    [
        ([("1", "ก", "31/12/2567"), ("1", "ก", "31/12/2568")], ANY, Repeated.RENEWALS),
        ([("1", "ก", "31/12/2567"), ("1", "ข", "31/12/2568")], ANY, Repeated.REFUSE),
        ([("1", "ก", "31/12/2567"), ("1", "ก", "31/12/2567")], ANY, Repeated.REFUSE),
        (
            [("1", "ก", "31/12/2567"), ("1", "ก", "31/12/2568")],
            NumberingScheme(scope=frozenset({Scope.NUMBER, Scope.YEAR})),
            Repeated.REFUSE,
        ),
    ],
)
def test_rows_of_one_number_are_renewals_only_of_one_holder(
    rows: list[tuple[str, str, str]], scheme: NumberingScheme, repeated: Repeated
) -> None:
    proposal = proposed(
        table(("เลขที่ใบอนุญาต", "ผู้รับใบอนุญาต", "วันหมดอายุ"), *rows, ("2", "ค", "31/12/2570")), scheme=scheme
    )
    assert (proposal.repeated, proposal.renewals) == (1, repeated)
    assert parse_mapping(mapping_text(proposal), "proposed").repeated is repeated


def test_words_of_a_status_that_nobody_knows_are_asked_for() -> None:
    rows = [("1", "ปกติ", ""), ("2", "ยกเลิก", "1/2/2567"), ("3", "รอตรวจ", ""), ("4", "ปกติ", "")]
    proposal = proposed(table(("เลขที่ใบอนุญาต", "สถานะ", "วันที่ยกเลิก"), *rows))
    assert proposal.statuses == (("ปกติ", 2, Meaning.GRANTED), ("ยกเลิก", 1, Meaning.REVOKED), ("รอตรวจ", 1, None))
    text = mapping_text(proposal)
    assert '# "รอตรวจ" = "?"   # 1 rows' in text
    status = parse_mapping(text, "proposed").status
    assert status is not None
    assert (status.column, status.date, dict(status.values)) == ("สถานะ", "วันที่ยกเลิก", {})


def test_a_text_in_brackets_in_many_cells_is_a_word_for_nothing() -> None:
    rows = [(f"{n}/2567", "[ปกปิด]" if n % 2 else f"{n} หมู่ 1") for n in range(40)]
    proposal = proposed(table(("เลขที่ใบอนุญาต", "ที่อยู่"), *rows))
    assert proposal.blank == ("[ปกปิด]",)
    assert {"-", "[ปกปิด]"} <= set(parse_mapping(mapping_text(proposal), "proposed").cells.blank)


# What the agency says, and what is missing


def test_what_the_agency_says_counts() -> None:
    body = table(("เลขที่ใบอนุญาต", "รหัส", "วันหมดอายุ"), ("1/2567", "A-1", "31/12/2569"), ("2/2567", "A-2", "31/12/2569"))
    proposal = proposed(body, said={"number": ["รหัส"], "expires_on": []})
    assert fields(proposal) == {"number": ("รหัส",)}
    assert proposal.guesses[0].reasons == (Reason.SAID,)
    assert set(proposal.unused) == {"เลขที่ใบอนุญาต", "วันหมดอายุ"}


def test_a_column_that_the_file_has_not_is_refused_by_name() -> None:
    with pytest.raises(MappingInvalid, match="no column 'เลข'; its columns are เลขที่, ร้าน"):
        proposed(table(("เลขที่", "ร้าน"), ("1", "ก")), said={"number": ["เลข"]})


FACE = LicenseType(
    code="food",
    name=LocalText(th="อาหาร"),
    face=(
        FaceItem(field=FaceField.NUMBER, label=LocalText(th="เลขที่", en="Number")),
        FaceItem(field=FaceField.LICENSEE, label=LocalText(th="ผู้ถือสิทธิ", en="Holder of the right")),
        FaceItem(field=FaceField.PARTICULAR, code="area", label=LocalText(th="พื้นที่ประกอบการ (ตร.ม.)", en="Area")),
        FaceItem(field=FaceField.EXPIRES_ON, label=LocalText(th="ใช้ได้ถึง", en="Until")),
    ),
)


def test_the_names_on_the_licence_are_headings_too() -> None:
    body = table(("เลขที่", "ผู้ถือสิทธิ", "พื้นที่ (ตร.ม.)"), ("1/2567", "นายสมมุติ ใจดี", "80"))
    proposal = proposed(body, FACE)
    assert fields(proposal) == {"number": ("เลขที่",), "licensee": ("ผู้ถือสิทธิ",), "particulars.area": ("พื้นที่ (ตร.ม.)",)}
    assert [item.field for item in proposal.missing] == [FaceField.EXPIRES_ON]


def test_without_a_type_the_least_is_asked_for() -> None:
    proposal = proposed(table(("เลขที่ใบอนุญาต", "จังหวัด"), ("1/2567", "นครพนม")))
    assert [item.field for item in proposal.missing] == [FaceField.LICENSEE, FaceField.ISSUED_ON, FaceField.EXPIRES_ON]
    nothing = proposed(table(("ก", "ข"), ("ค", "ง")))
    assert [item.field for item in nothing.missing] == [FaceField.NUMBER]


# What it becomes


def test_headings_of_any_kind_are_quoted() -> None:
    heading = 'เลขที่ใบอนุญาต "ใหม่" \\ [a] # b'
    proposal = proposed(
        table((heading, "ร้าน\x7f"), ("1/2567", "ก")), said={"number": [heading], "premises": ["ร้าน\x7f"]}
    )
    mapping = parse_mapping(mapping_text(proposal), "proposed")
    assert (mapping.columns["number"], mapping.columns["premises"]) == ((heading,), ("ร้าน\x7f",))


cells = st.one_of(
    st.sampled_from(("", "-", "1/2567", "31/12/2567", "นครพนม", "ปกติ", "บริษัท ก จำกัด", *CITIZENS, *COMPANIES)),
    st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12),
)
headings = st.sampled_from(
    ("เลขที่", "เลขที่ใบอนุญาต", "สถานะ", "วันหมดอายุ", "ผู้รับใบอนุญาต", "หมู่", "ถนน", "จังหวัด", "x", "เลขบัตรประชาชน")
)


@given(
    names=st.lists(headings, min_size=2, max_size=6, unique=True),
    rows=st.lists(st.lists(cells, min_size=6, max_size=6), min_size=1, max_size=12),
)
@settings(max_examples=60, deadline=None)
def test_whatever_stands_in_a_table_its_proposal_can_be_used(names: list[str], rows: list[list[str]]) -> None:
    body = table(names, *[["a" if n == 0 else row[n] for n in range(len(names))] for row in rows])
    proposal = propose(body, "list.csv", license_type=FACE, scheme=ANY, today=TODAY, said={"number": [names[0]]})
    used = [heading for guess in proposal.guesses for heading in guess.headings]
    assert len(used) == len(set(used))
    assert sorted([*used, *proposal.unused, *proposal.withheld]) == sorted(names)
    assert all(guess.field in KINDS or guess.field == "particulars.area" for guess in proposal.guesses)
    mapping = parse_mapping(mapping_text(proposal), "proposed")
    require_columns(mapping, tuple(names), frozenset({"area"}), "proposed")


# Next month


def test_a_renamed_column_is_named_with_what_it_is_called_now() -> None:
    mapping = parse_mapping('[columns]\nnumber = "เลขที่"\nexpires_on = "วันหมดอายุ"\nprovince = "จังหวัด"', "last month")
    with pytest.raises(MappingInvalid) as refused:
        require_columns(mapping, ("เลขที่ใบอนุญาต", "จังหวัด", "วันที่ใบอนุญาตหมดอายุ"), frozenset(), "last month")
    assert "no column 'เลขที่' (is it 'เลขที่ใบอนุญาต' now?)" in str(refused.value)
    assert "no column 'วันหมดอายุ' (is it 'วันที่ใบอนุญาตหมดอายุ' now?)" in str(refused.value)


def test_nothing_is_offered_where_nothing_is_alike() -> None:
    assert renamed("พื้นที่", "area", ["xyz", "สี"]) == ""
    assert renamed("Licence number", "number", ["shop", "LICENCE_NO"]) == "LICENCE_NO"
