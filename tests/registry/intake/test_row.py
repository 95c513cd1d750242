"""Rows: each finding is produced by something that a clerk really sends, nothing is guessed, nobody's number is repeated."""

from datetime import date

import pytest

from registry.intake.finding import CATALOGUE
from registry.intake.gravity import Gravity
from tests.registry.intake.sources import ANY, GOOD, MAPPING, SLASHED, YEARLY, codes, licensed, read
from vocab.authority import NumberingScheme
from vocab.iri import is_citizen_number, registered
from vocab.license import LocalText, Organization, Particular, Person, Term
from vocab.thai import thai_digits

CITIZEN = "1234567890121"
SPACED_CITIZEN = "1-2345-67890-12-1"
THAI_CITIZEN = "๑๒๓๔๕๖๗๘๙๐๑๒๑"
JURISTIC = "0105536000011"
SECOND_JURISTIC = "0107536000315"
AGREEMENT = MAPPING + "\n[[agreements]]\ncolumn = \"area\"\npattern = '(?P<value>\\d+)/\\d+'\n"
STATUS = MAPPING + '\n[status]\ncolumn = "status"\n'
AGREED = MAPPING + '\n[repairs]\nagreed = ["leading-zeros-lost", "number-became-date"]\n'

NOTHING = dict.fromkeys(GOOD, "")

CASES: dict[str, tuple[dict[str, str], str, str]] = {
    "number-shortened": ({"street": "1.10170020703E+12"}, MAPPING, ""),
    "formula-failed": ({"street": "#REF!"}, MAPPING, ""),
    "row-nearly-empty": (NOTHING | {"number": "ผู้รับรองข้อมูล 2567"}, MAPPING, ""),
    "number-became-decimal": ({"number": "2/2567.0"}, MAPPING, "2/2567"),
    "date-far": ({"expires_on": "28/02/2757"}, MAPPING, ""),
    "date-no-expiry": ({"expires_on": "ตลอดชีพ"}, MAPPING, ""),
    "status-dates-disagree": ({"status": "หมดอายุ"}, STATUS, ""),
    "number-missing": ({"number": " - "}, MAPPING, ""),
    "number-refused": ({"number": "12\u202e/2567"}, MAPPING, ""),
    "number-too-long": ({"number": "ก" * 300}, MAPPING, ""),
    "number-is-citizen-number": ({"number": f"เลข {SPACED_CITIZEN}"}, MAPPING, ""),
    "number-unusual": ({"number": "1-2567"}, MAPPING, ""),
    "number-disagrees": ({"area": "2"}, AGREEMENT, ""),
    "number-float": ({"postal_code": "48000.0"}, MAPPING, "48000"),
    "number-became-date": ({"number": "2567-12-01"}, MAPPING, "12/2567"),
    "number-repaired": ({"number": "2567-12-01"}, AGREED, "12/2567"),
    "date-unknown-form": ({"issued_on": "วันพุธ"}, MAPPING, ""),
    "date-unknown-month": ({"issued_on": "5 มกรา 2567"}, MAPPING, "05/01/2567"),
    "date-month-out-of-range": ({"issued_on": "12/25/2558"}, MAPPING, "25/12/2558"),
    "date-no-such-day": ({"issued_on": "31/02/2567"}, MAPPING, ""),
    "date-two-digit-year": ({"issued_on": "25/12/58"}, MAPPING, "25/12/2558"),
    "date-year-out-of-range": ({"issued_on": "25/12/9999"}, MAPPING, ""),
    "date-era-contradicts-year": ({"issued_on": "25 ธ.ค. พ.ศ. 2015"}, MAPPING, "25/12/2558"),
    "date-era-contradicts-argument": ({"issued_on": "25 ธ.ค. ค.ศ. 2015"}, MAPPING + '\n[dates]\nera = "be"\n', ""),
    "date-old-new-year": ({"issued_on": "1/1/2480"}, MAPPING, ""),
    "date-serial": ({"issued_on": "42363", "valid_from": ""}, MAPPING, "25/12/2558"),
    "date-serial-alone": ({"expires_on": "48000"}, MAPPING, "01/06/2574"),
    "date-zero": ({"valid_from": "30 ธันวาคม ค.ศ. 1899"}, MAPPING, ""),
    "date-of-zone": ({"valid_from": "2024-02-29T17:00:00.000Z"}, MAPPING, "01/03/2567"),
    "dates-reversed": ({"valid_from": "2027-03-01"}, MAPPING, ""),
    "date-in-future": ({"issued_on": "2026-11-22"}, MAPPING, ""),
    "text-refused": ({"premises": "ร้าน\u202eกลับ"}, MAPPING, ""),
    "text-too-long": ({"premises": "ก" * 2001}, MAPPING, ""),
    "citizen-number-public": ({"street": f"บัตร {THAI_CITIZEN}"}, MAPPING, ""),
    "citizen-number-withheld": ({"juristic_id": CITIZEN}, MAPPING, ""),
    "juristic-number-wrong": ({"juristic_id": "0105536000012"}, MAPPING, ""),
    "juristic-numbers-uneven": ({"juristic_id": f"{JURISTIC};{SECOND_JURISTIC}"}, MAPPING, ""),
    "zero-restored": ({"juristic_id": JURISTIC[1:]}, MAPPING, JURISTIC),
    "code-wrong": ({"postal_code": "4800"}, MAPPING, ""),
    "province-unknown": ({"province": "เชียงใหมม่"}, MAPPING, "เชียงใหม่"),
    "coordinate-wrong": ({"latitude": "13,75", "longitude": "100.5"}, MAPPING, "13.75"),
    "renewed-unknown": ({"renews": "9\u202e/2560"}, MAPPING, ""),
    "alias-refused": ({"aliases": "\u202e7"}, MAPPING, ""),
    "item-missing": ({"licensee": ""}, MAPPING, ""),
    "expiry-missing": ({"expires_on": ""}, MAPPING, ""),
    "status-unknown": ({"status": "ไม่ยกเลิก"}, STATUS, ""),
    "status-undated": ({"status": "เพิกถอน"}, STATUS, ""),
}
"""For each code that a row alone can have: the cells that make it, the mapping, and what is proposed."""


@pytest.mark.parametrize("code", list(CASES))
def test_the_case_makes_the_finding(code: str) -> None:
    cells, mapping, proposed = CASES[code]
    checked = read(mapping, **cells)
    finding = next(each for each in checked.findings if each.code == code)
    assert CATALOGUE[code][1] % finding.details
    assert finding.proposed == proposed
    assert (checked.license is None) == any(each.gravity is Gravity.BLOCKS for each in checked.findings)


def test_a_good_row_has_no_finding() -> None:
    checked = read()
    assert checked.findings == ()
    assert checked.tail == licensed(checked).iri.tail == "lao-06480115/food-premises/1~2F2567"
    assert checked.claim is None


def test_numbers_of_a_kind_that_starts_again_each_year_need_a_day() -> None:
    checked = read(MAPPING, YEARLY, number="1", issued_on="", valid_from="")
    assert (codes(checked), checked.license, checked.tail) == (["year-missing"], None, None)
    days = ({"issued_on": "2023-05-01"}, {"issued_on": "1/5/2567"}, {"issued_on": "", "valid_from": "2025-01-01"})
    found = [licensed(read(MAPPING, YEARLY, number="1", **day)).iri.qualifier for day in days]
    assert found == ["be2566", "be2567", "be2568"]


def test_a_year_before_those_that_tell_numbers_apart_holds_the_row_back() -> None:
    checked = read(MAPPING, YEARLY, number="1", issued_on="1850-01-05", valid_from="")
    assert checked.license is None
    assert "date-year-out-of-range" in codes(checked)


@pytest.mark.parametrize(
    "column",
    ["number", "licensee", "juristic_id", "premises", "street", "issued_on", "renews", "aliases", "area", "status"],
)
@pytest.mark.parametrize("written", [CITIZEN, SPACED_CITIZEN, THAI_CITIZEN, f"เลขบัตร {CITIZEN} ครับ", f'="{CITIZEN}"'])
def test_no_citizen_number_is_repeated_or_published(column: str, written: str) -> None:
    checked = read(AGREEMENT + '\n[status]\ncolumn = "status"\n', **{"status": "ปกติ", column: written})
    assert checked.findings
    for finding in checked.findings:
        assert not any(
            is_citizen_number(text) for text in (finding.received, finding.proposed, *finding.details.values())
        )
    assert not is_citizen_number(repr(checked.license))
    assert not is_citizen_number(str(checked.tail))


def test_a_citizen_number_is_found_across_the_columns_of_one_field() -> None:
    mapping = MAPPING.replace('street = "street"', 'street = ["street", "soi"]')
    checked = read(mapping, street="1-2345", soi="67890-12-1")
    assert (codes(checked), checked.license) == (["citizen-number-public"], None)


def test_the_number_is_kept_as_it_is_printed() -> None:
    license = licensed(read(number="  ๐๐๗ / ๒๕๖๗\u200b "))
    assert license.number == "๐๐๗ / ๒๕๖๗"
    assert license.number_as_received == "  ๐๐๗ / ๒๕๖๗\u200b "


@pytest.mark.parametrize(("written", "number"), [('="0123"', "0123"), ('=" 0""1"" "', '0"1"'), ("22308.0", "22308")])
def test_a_number_is_read_as_it_was_before_a_program_wrote_it_otherwise(written: str, number: str) -> None:
    license = licensed(read(MAPPING, ANY, number=written))
    assert license.number == number
    assert registered(license.number_as_received) == number


def test_a_number_that_the_scheme_wants_with_a_point_keeps_it() -> None:
    assert licensed(read(MAPPING, NumberingScheme(pattern=r"\d+\.\d"), number="5.0")).number == "5.0"


@pytest.mark.parametrize("column", ["number", "issued_on", "renews", "juristic_id"])
def test_what_stands_far_out_in_a_cell_is_not_cut_off(column: str) -> None:
    """A cell that is too long is not read as what its beginning says."""
    good = {"number": "1/2567", "issued_on": "2024-01-01", "renews": "5/2560", "juristic_id": JURISTIC}[column]
    checked = read(**{column: good + " " * 3000 + "X"})
    assert checked.findings
    if checked.license is not None:
        assert checked.license.renews is None
        (licensee,) = checked.license.licensees
        assert not isinstance(licensee, Organization) or not licensee.juristic_id


def test_two_digit_years_need_an_era() -> None:
    dates = {"issued_on": "25/12/58", "valid_from": "25/12/58", "expires_on": "24/12/70"}
    assert licensed(read(MAPPING + '\n[dates]\nera = "be"\n', **dates)).issued_on == date(2015, 12, 25)


def test_no_expiry_is_said_and_never_guessed() -> None:
    assert licensed(read(expires_on="")).term.no_expiry is False
    said = MAPPING + "\n[constants]\nno_expiry = true\n"
    assert licensed(read(said, expires_on="")).term == Term(valid_from=date(2024, 3, 1), no_expiry=True)
    assert licensed(read(said)).term.expires_on == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("name", "juristic_id", "kind"),
    [
        ("นายสมชาย ใจดี", "", Person),
        ("สมชาย ใจดี", "", Person),
        ("บริษัท ก จำกัด", "", Organization),
        ("สมชาย ใจดี", JURISTIC, Organization),
        ("สมชาย ใจดี", "0105536000012", Person),
        ("สมชาย ใจดี", CITIZEN, Person),
    ],
)
def test_who_is_a_person(name: str, juristic_id: str, kind: type) -> None:
    """In doubt a person, of whom less is shown."""
    assert isinstance(licensed(read(licensee=name, juristic_id=juristic_id)).licensees[0], kind)


@pytest.mark.parametrize(
    "written",
    [
        thai_digits(f"{JURISTIC[0]}-{JURISTIC[1:5]} {JURISTIC[5:]}"),
        f'="{JURISTIC}"',
        f"{JURISTIC}.0",
        JURISTIC[1:],
        f"{JURISTIC[1:]}.0",
    ],
)
def test_juristic_numbers_are_read_in_any_spelling(written: str) -> None:
    license = licensed(read(juristic_id=written))
    assert license.licensees == (Organization(name=LocalText(th="บริษัท ตัวอย่าง จำกัด"), juristic_id=JURISTIC),)


def test_several_licensees_in_one_cell() -> None:
    license = licensed(
        read(
            licensee="บริษัท ก จำกัด; บริษัท ข จำกัด", juristic_id=f"{JURISTIC};{SECOND_JURISTIC}", licensee_en="A Ltd&&B Ltd"
        )
    )
    assert license.licensees == (
        Organization(name=LocalText(th="บริษัท ก จำกัด", en="A Ltd"), juristic_id=JURISTIC),
        Organization(name=LocalText(th="บริษัท ข จำกัด", en="B Ltd"), juristic_id=SECOND_JURISTIC),
    )


def test_a_juristic_number_of_one_of_two_licensees_is_nobodys() -> None:
    checked = read(licensee="นาย ก; บริษัท ข จำกัด", juristic_id=JURISTIC)
    assert licensed(checked).licensees == (
        Person(name=LocalText(th="นาย ก")),
        Organization(name=LocalText(th="บริษัท ข จำกัด")),
    )
    assert codes(checked) == ["juristic-numbers-uneven"]


def test_names_that_do_not_pair_stay_together() -> None:
    (licensee,) = licensed(read(licensee="นาย ก; นาย ข", licensee_en="Mr A")).licensees
    assert licensee.name == LocalText(th="นาย ก; นาย ข", en="Mr A")


def test_a_long_name_may_be_broken() -> None:
    (licensee,) = licensed(read(licensee="บริษัท ชื่อยาว\nมาก จำกัด")).licensees
    assert licensee.name.th == "บริษัท ชื่อยาว มาก จำกัด"


@pytest.mark.parametrize("blank", [" - ", "-", "—", "ไม่มี", "n/a", "N/A", '="-"', " "])
def test_blank_cells_are_nothing(blank: str) -> None:
    license = licensed(read(street=blank, issued_on=blank, renews=blank, aliases=blank, activity=blank, area=blank))
    assert license.premises[0].address.street == ""
    assert (license.issued_on, license.renews, license.aliases, license.activities, license.particulars) == (
        None,
        None,
        (),
        (),
        (),
    )


def test_what_means_nothing_is_the_mappings_to_say() -> None:
    said = MAPPING + '\n[cells]\nblank = ["ว่าง"]\n'
    assert licensed(read(said, street="ว่าง", premises="ไม่มี")).premises[0].name == LocalText(th="ไม่มี")


def test_several_columns_are_one_field() -> None:
    mapping = MAPPING.replace('street = "street"', 'street = ["no", "soi", "street"]')
    assert (
        licensed(read(mapping, no="99/1", soi=" - ", street=" ถนนราชดำเนิน")).premises[0].address.street
        == "99/1 ถนนราชดำเนิน"
    )
    particular = MAPPING.replace('area = "area"', 'area = ["area", "unit"]')
    assert [item.value for item in licensed(read(particular, area="20", unit="ตร.ม.")).particulars] == ["20 ตร.ม."]


@pytest.mark.parametrize("day", [("25", "12", "2558"), ("25", "ธ.ค.", "2558"), ("25", "ธันวาคม", "พ.ศ. 2558")])
def test_a_date_in_three_columns(day: tuple[str, str, str]) -> None:
    mapping = MAPPING.replace('issued_on = "issued_on"', 'issued_on = ["d", "m", "y"]')
    license = licensed(read(mapping, **dict(zip("dmy", day, strict=True))))
    assert license.issued_on == date(2015, 12, 25)


@pytest.mark.parametrize(
    "cell", ["ขายอาหาร;สะสมอาหาร", "ขายอาหาร\nสะสมอาหาร", "ขายอาหาร&&สะสมอาหาร", " ขายอาหาร;;-; สะสมอาหาร;ขายอาหาร"]
)
def test_several_values_in_one_cell(cell: str) -> None:
    license = licensed(read(activity=cell, condition=cell))
    assert [activity.th for activity in license.activities] == ["ขายอาหาร", "สะสมอาหาร"]
    assert license.conditions == ("ขายอาหาร", "สะสมอาหาร")


def test_several_values_of_a_particular() -> None:
    label = LocalText(th="area")
    assert licensed(read(area="CAFFEINE&&SALICYLAMIDE")).particulars == (
        Particular(code="area", label=label, value="CAFFEINE"),
        Particular(code="area", label=label, value="SALICYLAMIDE"),
    )


def test_aliases_are_verbatim_and_each_once() -> None:
    assert licensed(read(aliases=" กท 5 ; 1/2567 ; ๐๙ ; กท 5 ;\nกท 6")).aliases == ("กท 5", "๐๙", "กท 6")


@pytest.mark.parametrize(("column", "cell"), [("aliases", "1.1E+12"), ("renews", "1.1E+12"), ("number", "1E+12")])
def test_a_number_that_was_shortened_is_no_number(column: str, cell: str) -> None:
    checked = read(**{column: cell})
    assert codes(checked) == [
        {"aliases": "alias-refused", "renews": "renewed-unknown", "number": "number-shortened"}[column]
    ]
    assert checked.license is None or not (checked.license.aliases or checked.license.renews)


def test_a_blocked_row_still_says_whose_it_is() -> None:
    """So that its licence is not taken for one that is missing."""
    checked = read(issued_on="31/02/2567")
    assert (checked.license, checked.tail) == (None, "lao-06480115/food-premises/1~2F2567")
    assert read(number="-").tail is None


@pytest.mark.parametrize(
    ("cells", "codes_found"),
    [
        ({"issued_on": "01/03/2567", "valid_from": "", "expires_on": "01/03/2566"}, ["dates-reversed"]),
        ({"issued_on": "01/03/2567", "valid_from": "", "expires_on": "01/03/2567"}, []),
        ({"issued_on": "01/03/2567", "expires_on": "01/03/2627"}, []),
        ({"issued_on": "", "valid_from": "", "expires_on": "01/03/2630"}, ["date-far"]),
    ],
)
def test_the_end_beside_the_day_of_issue(cells: dict[str, str], codes_found: list[str]) -> None:
    assert codes(read(**cells)) == codes_found


def test_words_for_no_end_count_where_they_are_agreed_to() -> None:
    agreed = MAPPING + '\n[cells]\nno_expiry = ["ไม่มีกำหนด", "For Life"]\n'
    for word in ("ไม่มีกำหนด", " for  LIFE "):
        assert licensed(read(agreed, expires_on=word)).term.no_expiry
    (finding,) = read(agreed, expires_on="Permanent").findings
    assert (finding.code, finding.details) == ("date-no-expiry", {"text": "Permanent"})
    assert not licensed(read(agreed)).term.no_expiry


@pytest.mark.parametrize(
    ("number", "scheme", "expected"),
    [
        ("ผู้อำนวยการกอง", ANY, ["row-nearly-empty"]),
        ("ฉบับที่ 3", SLASHED, ["row-nearly-empty"]),
        ("7", ANY, []),
        ("7/2567", SLASHED, []),
    ],
)
def test_a_row_with_its_number_only(number: str, scheme: NumberingScheme, expected: list[str]) -> None:
    found = read(MAPPING, scheme, **(NOTHING | {"number": number}))
    assert [each.code for each in found.findings if each.gravity is Gravity.BLOCKS] == expected


def test_a_status_of_the_agencys_own_does_not_disagree_with_the_dates() -> None:
    own = STATUS + '[status.values]\n"หมดอายุ" = "ignore"\n"รอดำเนินการ" = "ignore"\n'
    assert codes(read(own, status="หมดอายุ")) == codes(read(own, status="รอดำเนินการ")) == []
    assert codes(read(STATUS, status="หมดอายุ", expires_on="28/02/2568")) == []


def test_what_a_spreadsheet_spoiled_is_said_but_no_number_of_a_citizen() -> None:
    (finding,) = read(street="เลข 1.10170020703E+12").findings
    assert (finding.received, finding.details) == ("", {"text": "1.1…E+12"})
    (finding,) = read(number="1.1E+12").findings
    assert (finding.code, finding.details) == ("number-shortened", {"text": "1.1E+12"})
    (finding,) = read(number="#REF!").findings
    assert (finding.code, finding.details) == ("formula-failed", {"text": "#REF!"})


def test_years_of_four_digits_are_of_their_own_era() -> None:
    era = MAPPING + '\n[dates]\nera = "be"\n'
    found = licensed(read(era, issued_on="1/3/67", valid_from="2024-03-01", expires_on="28/02/2570"))
    assert (found.issued_on, found.term.valid_from) == (date(2024, 3, 1), date(2024, 3, 1))


def test_all_numbers_of_which_a_date_may_have_been_made_are_named() -> None:
    (finding,) = read(MAPPING, NumberingScheme(pattern=r"\d+/\d{4}"), number="2024-04-01").findings
    assert (finding.code, finding.proposed) == ("number-date-unclear", "")
    assert {"4/2024", "4/2567"} <= set(finding.details["candidates"].split(", "))
