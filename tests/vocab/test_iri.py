"""Properties of the licence IRI and of its lookup keys (design/3-identifiers, "Properties to test")."""

import csv
import pickle
import re
from collections import defaultdict
from pathlib import Path
from unicodedata import decimal, normalize
from urllib.parse import quote, unquote, urlsplit

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from vocab.iri import (
    MAX_SEGMENT_BYTES,
    LicenseIri,
    MalformedIri,
    NumberRefused,
    canonical_segment,
    decode_number,
    encode_number,
    is_citizen_number,
    license_iri,
    lookup_key,
    parse_license_iri,
    parse_license_tail,
    registered,
    weak_key,
)

BASE = "https://license.example"
CITIZEN = "1234567890121"  # counted, not found: the checksum is right
DIGIT_SCRIPTS = ("๐๑๒๓๔๕๖๗๘๙", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "၀၁၂၃၄၅၆၇၈၉", "0123456789")  # last: fullwidth

any_text = st.text(max_size=40)
printed = st.text(
    st.characters(exclude_categories=("C", "Zl", "Zp")) | st.sampled_from("0123456789/-.~%()กขนำ้ํเแ"), max_size=30
)
numbers = printed.map(registered).filter(bool)
realistic = st.text("0123456789๐๑๒๙กขคนรพทสำน้ีABoOlI/-. ()", min_size=1, max_size=20).map(registered).filter(bool)
segment_garbage = st.text(st.sampled_from("abAF019~%-_.E0B8C2 (/é๑"), max_size=16)


def stretched(text: str, separators: str) -> str:
    """`text` with each run of separators written in another way."""
    return re.sub(r"[-/ .()]+", separators.replace("\\", ""), text)


# Number <-> segment


@given(numbers)
@example(".")
@example("..")
@example("%2F")
@example("~2F")
@example("5.ttl")
def test_a_number_survives_its_segment(number: str) -> None:
    assert decode_number(encode_number(number)) == number


@given(numbers, numbers)
@example("12/2567", "12~2F2567")
@example("(1)", "%281%29")
def test_two_numbers_never_share_a_segment(one: str, other: str) -> None:
    assert (encode_number(one) == encode_number(other)) == (one == other)


@given(numbers)
def test_a_segment_has_its_alphabet_only(number: str) -> None:
    segment = encode_number(number)
    assert re.fullmatch(r"(?:[A-Za-z0-9_.-]|~[0-9A-F]{2}|%[89A-F][0-9A-F])+", segment, re.ASCII)
    assert segment[0] != "."
    assert segment[-1] != "."


@given(numbers, st.integers(0, 4))
def test_decoding_too_often_changes_no_number(number: str, times: int) -> None:
    segment = encode_number(number)
    for _ in range(times):
        segment = unquote(segment)
    assert decode_number(canonical_segment(segment)) == number


@given(numbers)
def test_a_number_is_exactly_one_path_segment(number: str) -> None:
    path = urlsplit(f"{BASE}/id/lic/dep-1234/x/{encode_number(number)}").path
    assert path.count("/") == 5
    assert path.rsplit("/", 1)[1] == encode_number(number)


@given(segment_garbage)
@example("12~2f2567")
@example("12%2F2567")
@example("%41")
@example("~C3~A9")
@example("%C3")
@example("~2")
@example("")
@example(".5")
def test_garbage_never_decodes_to_a_different_number(segment: str) -> None:
    try:
        number = decode_number(segment)
    except MalformedIri:
        return
    assert encode_number(number) == segment


@given(segment_garbage)
def test_any_spelling_reaches_the_canonical_one_in_one_hop_or_is_refused(segment: str) -> None:
    try:
        canonical = canonical_segment(segment)
    except MalformedIri:
        return
    assert canonical_segment(canonical) == canonical
    assert encode_number(decode_number(canonical)) == canonical


@given(numbers)
def test_spellings_of_a_segment_reach_it_in_one_hop(number: str) -> None:
    segment = encode_number(number)
    lower = re.sub(r"[~%][0-9A-F]{2}", lambda pair: pair[0].lower(), segment)
    needless = "".join(f"%{byte:02x}" for byte in segment.replace("%", "").encode())
    for spelling in (segment, lower, unquote(segment), segment.replace("~", "%7E")):
        assert canonical_segment(spelling) == segment
    if "%" not in segment:
        assert canonical_segment(needless) == segment
    if "~" not in number and not re.search("%[0-9A-Fa-f]{2}", number):
        assert canonical_segment(quote(number, safe="")) == segment


@pytest.mark.parametrize(
    ("spelling", "canonical"),
    [
        ("12%2F2567", "12~2F2567"),
        ("12%2f2567", "12~2F2567"),
        ("12~2f2567", "12~2F2567"),
        ("%312", "12"),
        ("(1)", "~281~29"),
        ("%281%29", "~281~29"),
        ("น.5", "%E0%B8%99.5"),
        ("%e0%b8%99.5", "%E0%B8%99.5"),
        ("5.", "5~2E"),
        ("a+b", "a~2Bb"),
        ("100%25", "100~25"),
        ("%205%20", "5"),
        ("1%E2%80%8B2", "12"),
    ],
)
def test_known_spellings(spelling: str, canonical: str) -> None:
    assert canonical_segment(spelling) == canonical


@pytest.mark.parametrize(
    "segment",
    ["", "%", "100%", "5~2", "5~", "~C3~A9", "%C3", "%2541", "a/b", "a?b", "a#b", "%00", "%EF%9C%80", "\ud800"],
)
def test_what_cannot_be_a_number_is_refused_not_repaired(segment: str) -> None:
    with pytest.raises(MalformedIri) as caught:
        canonical_segment(segment)
    assert caught.value.reason == "number"
    assert "expected" in str(caught.value)


# Identity


@given(any_text)
def test_registered_is_idempotent(received: str) -> None:
    assert registered(registered(received)) == registered(received)


@given(numbers, st.sampled_from([" ", "\u00a0", "\ufeff", "\u200b \t", "\r\n"]))
def test_registered_strips_what_is_outside_only(number: str, outside: str) -> None:
    assert registered(outside + number + outside) == number


@pytest.mark.parametrize(
    "number", ["007", "ก. 12/2567", "๑๒", "จ3-9(6)-100/51ปจ", "12\u00a034", "04--01-553/2565", "aA"]
)
def test_registered_changes_nothing_else(number: str) -> None:
    assert registered(number) == number


def test_registered_is_nfc_without_zero_width_characters() -> None:
    assert registered("e\u0301\u200b1") == "\u00e91"


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("", "empty"),
        (" \u200b", "empty"),
        ("1\n2", "control"),
        ("\x1c1", "control"),
        ("1\u0378", "unassigned"),
        ("1\uf70a", "private-use"),
        ("1\ud800", "surrogate"),
        ("1\u202e2", "format"),
        ("1\u00ad2", "format"),
        ("1" * (MAX_SEGMENT_BYTES + 1), "too-long"),
        ("ก" * (MAX_SEGMENT_BYTES // 9 + 1), "too-long"),
    ],
)
def test_numbers_that_go_to_a_person(number: str, reason: str) -> None:
    with pytest.raises(NumberRefused) as caught:
        encode_number(number)
    assert caught.value.reason == reason
    assert caught.value.number == registered(number)
    assert "got" in str(caught.value)


def test_the_longest_number_is_minted() -> None:
    assert len(encode_number("1" * MAX_SEGMENT_BYTES)) == MAX_SEGMENT_BYTES


def test_errors_survive_a_process_boundary() -> None:
    for error in (NumberRefused("1", "empty", "a", "b"), MalformedIri("x", "shape", "y")):
        assert str(pickle.loads(pickle.dumps(error))) == str(error)


# Citizens' numbers


@pytest.mark.parametrize(
    "text",
    [
        CITIZEN,
        "1-2345-67890-12-1",
        "1 2345 67890 12 1",
        "1 2 3 4 5 6 7 8 9 0 1 2 1",
        "๑-๒๓๔๕-๖๗๘๙๐-๑๒-๑",
        "1\u200b234567890121",
        "เลขที่ 1234567890121",
        f"({CITIZEN})",
        f"12/{CITIZEN}",
        f"9-{CITIZEN}",
    ],
)
def test_a_citizens_number_is_found_and_never_minted(text: str) -> None:
    assert is_citizen_number(text)
    with pytest.raises(NumberRefused) as caught:
        license_iri(BASE, "dep-1234", "x", text)
    assert caught.value.reason == "citizen-number"
    assert CITIZEN not in str(caught.value)
    with pytest.raises(MalformedIri) as malformed:
        parse_license_tail(BASE, f"dep-1234/x/{encode_number(text)}")
    assert encode_number(text) not in str(malformed.value)


@pytest.mark.parametrize(
    "text",
    [
        "1234567890122",  # check digit
        "0105559038767",  # a juristic person
        "12345678901210",  # 14 digits
        "12-3-45678-9-0121",  # grouped as a food serial number
        "12/2567",
        "",
        "(13-digit citizen ID)",
    ],
)
def test_other_numbers_are_not_a_citizens(text: str) -> None:
    assert not is_citizen_number(text)


@given(st.integers(100_000_000_000, 899_999_999_999))
def test_exactly_one_check_digit_is_right(stem: int) -> None:
    assert sum(is_citizen_number(f"{stem}{check}") for check in range(10)) == 1


# The whole IRI

authorities = st.from_regex(r"(?:lao-[0-9]{8}|dep-[0-9]{4,5}|tin-[0-9]{13}|x-[a-z0-9]{2,16})", fullmatch=True)
qualifiers = st.none() | st.sampled_from(
    ["o1204", "be2567", "d2024-03-01", "n1", "o1204.be2567", "be2567.d2024-02-29.n12", "o1.be2567.d2024-03-01.n2"]
)


@given(authorities, st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True), numbers, qualifiers)
def test_an_iri_is_parsed_back(authority: str, type_: str, number: str, qualifier: str | None) -> None:
    assume(not is_citizen_number(number))
    iri = license_iri(BASE, authority, type_, number, qualifier)
    assert parse_license_iri(BASE, str(iri)) == iri
    assert parse_license_tail(BASE, iri.tail) == iri
    assert str(iri) == BASE + iri.path == f"{BASE}/id/lic/{iri.tail}"
    assert str(iri).isascii()
    assert decode_number(iri.tail.split("/")[2]) == number
    assert iri.fragment("premises", 1) == f"{iri}#premises-1"


def test_the_example_of_the_design_page() -> None:
    iri = license_iri(BASE, "lao-06480115", "food-premises", " 12/2567 ")
    assert str(iri) == "https://license.example/id/lic/lao-06480115/food-premises/12~2F2567"
    assert (iri.number, iri.qualifier) == ("12/2567", None)


@pytest.mark.parametrize("base", ["http://localhost:8000", "https://a.go.th/licences"])
def test_bases(base: str) -> None:
    iri = license_iri(base, "x-demo", "x", "1")
    assert parse_license_iri(base, str(iri)) == iri


@pytest.mark.parametrize(
    ("reason", "base", "authority", "type_", "qualifier"),
    [
        ("base", "https://a.th/", "dep-1234", "x", None),
        ("base", "ftp://a.th", "dep-1234", "x", None),
        ("base", "https://a.th?q", "dep-1234", "x", None),
        ("authority", BASE, "lao-6480115", "x", None),
        ("authority", BASE, "dep-๑๒๓๔", "x", None),
        ("authority", BASE, "dep-1234\n", "x", None),
        ("authority", BASE, "x-a", "x", None),
        ("type", BASE, "dep-1234", "", None),
        ("type", BASE, "dep-1234", "X", None),
        ("type", BASE, "dep-1234", "x" * 41, None),
        ("qualifier", BASE, "dep-1234", "x", ""),
        ("qualifier", BASE, "dep-1234", "x", "be2567.o12"),
        ("qualifier", BASE, "dep-1234", "x", ".be2567"),
        ("qualifier", BASE, "dep-1234", "x", "be2567."),
        ("qualifier", BASE, "dep-1234", "x", "be2024"),
        ("qualifier", BASE, "dep-1234", "x", "be2567be2568"),
        ("qualifier", BASE, "dep-1234", "x", "d2024-02-30"),
        ("qualifier", BASE, "dep-1234", "x", "d2567-13-01"),
        ("qualifier", BASE, "dep-1234", "x", "n0"),
        ("qualifier", BASE, "dep-1234", "x", "n01"),
        ("qualifier", BASE, "dep-1234", "x", "z1"),
    ],
)
def test_malformed_parts(reason: str, base: str, authority: str, type_: str, qualifier: str | None) -> None:
    with pytest.raises(MalformedIri) as caught:
        license_iri(base, authority, type_, "1", qualifier)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("base", "https://other.example/id/lic/dep-1234/x/1"),
        ("base", "/id/lic/dep-1234/x/1"),
        ("shape", f"{BASE}/id/lic/dep-1234/x"),
        ("shape", f"{BASE}/id/lic/dep-1234/x/1/n1/n2"),
        ("number", f"{BASE}/id/lic/dep-1234/x/"),
        ("number", f"{BASE}/id/lic/dep-1234/x/12%2F2567"),
        ("number", f"{BASE}/id/lic/dep-1234/x/๑"),
        ("qualifier", f"{BASE}/id/lic/dep-1234/x/1/"),
        ("number", f"{BASE}/id/lic/dep-1234/x/1#premises-1"),
    ],
)
def test_text_that_is_not_an_iri(reason: str, text: str) -> None:
    with pytest.raises(MalformedIri) as caught:
        parse_license_iri(BASE, text)
    assert caught.value.reason == reason


def test_no_unchecked_iri_can_be_made() -> None:
    with pytest.raises(MalformedIri):
        LicenseIri(BASE, "dep-1234", "x", " 1 ", None)
    with pytest.raises(NumberRefused):
        LicenseIri(BASE, "dep-1234", "x", "", None)


@pytest.mark.parametrize(("kind", "n"), [("Premises", 1), ("", 1), ("a-b", 1), ("premises", 0), ("act", -1)])
def test_fragments_are_checked(kind: str, n: int) -> None:
    with pytest.raises(MalformedIri):
        license_iri(BASE, "dep-1234", "x", "1").fragment(kind, n)


# Keys


@given(any_text | printed | realistic)
@example("\u0301\u0e4d\u0e48")
@example("นำ้")
def test_lookup_key_is_idempotent(text: str) -> None:
    key = lookup_key(text)
    assert lookup_key(key) == key


@given(any_text | printed | realistic)
@example("regl 5")
@example("1/005")
@example("ที่")
def test_weak_key_is_idempotent(text: str) -> None:
    key = weak_key(text)
    assert weak_key(key) == key


@given(printed, st.sampled_from(DIGIT_SCRIPTS))
def test_lookup_key_does_not_see_the_digit_script(number: str, script: str) -> None:
    arabic = "".join(str(decimal(char, char)) for char in number)
    assert lookup_key(arabic.translate(str.maketrans("0123456789", script))) == lookup_key(number)


@given(realistic, st.text("-/ .,:–—()[]\u00a0", min_size=1, max_size=4))
def test_lookup_key_does_not_see_which_separators(number: str, separators: str) -> None:
    # At the ends too: a bracket round the number says nothing.
    assert lookup_key(separators + stretched(number, separators) + separators) == lookup_key(number)


@given(printed | realistic, st.data())
def test_lookup_key_does_not_see_zero_width_space(number: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(number)))
    assert lookup_key(number[:at] + "\u200b" + number[at:]) == lookup_key(number)


@given(printed | realistic, st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_lookup_key_does_not_see_the_normalization_form(number: str, form: str) -> None:
    # The literal type of `form` is not kept by sampled_from.
    assert lookup_key(normalize(form, number)) == lookup_key(number)  # type: ignore[arg-type]


@given(realistic)
def test_lookup_key_does_not_see_how_sara_am_is_typed(number: str) -> None:
    assert lookup_key(number.replace("\u0e33", "\u0e4d\u0e32")) == lookup_key(number)


def test_orders_of_sara_am_and_its_tone_meet() -> None:
    assert len({lookup_key(text) for text in ("น้\u0e33", "น\u0e4d้\u0e32", "น้\u0e4d\u0e32", "น\u0e33้")}) == 1


def test_two_sara_e_are_sara_ae() -> None:
    assert lookup_key("เเพ 1") == lookup_key("แพ 1")


def test_private_use_glyphs_of_old_fonts_are_repaired() -> None:
    old = "".join(map(chr, range(0xF700, 0xF71B)))
    new = "ฐิีึื่้๊๋์่้๊๋์ญัํ็่้๊๋์ฺุู"
    assert len(old) == len(new) == 27
    for glyph, character in zip(old, new, strict=True):
        assert lookup_key(f"ก{glyph}1") == lookup_key(f"ก{character}1")
    assert lookup_key("ท\uf702\uf70a 5") == lookup_key("ที่ 5")


@pytest.mark.parametrize(
    ("one", "other"),
    [("1/2567", "12/567"), ("1-2", "12"), ("007", "7"), ("ข3-53(1)", "3-53(1)"), ("O1", "01"), ("12/67", "12/2567")],
)
def test_lookup_key_keeps_apart(one: str, other: str) -> None:
    assert lookup_key(one) != lookup_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("๑๒/๒๕๖๗", "12-2567"),
        ("กทท.11/13275", "กทท 11/13275"),
        ("2b 2/58", "2B 2/58"),
        ('="10390001225278"', "10390001225278"),
        ("04--01-553/2565", "04-01-553/2565"),
    ],
)
def test_lookup_key_brings_together(one: str, other: str) -> None:
    assert lookup_key(one) == lookup_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("เล่มที่ ๑ เลขที่ ๒๓ ปี ๒๕๖๖", "1/23/2566"),
        ("ใบอนุญาตเลขที่ 012/67", "12/2567"),
        ("Reg. No. 1C 57/49", "1C 57/2549"),
        ("12 พ.ศ. 2567", "12/2567"),
        ("EO5O3", "E0503"),
        ("I2/2567", "12/2567"),
        ("0007", "7"),
    ],
)
def test_weak_key_brings_together(one: str, other: str) -> None:
    assert weak_key(one) == weak_key(other)
    assert lookup_key(one) != lookup_key(other)


def test_weak_key_of_hostile_text_ends() -> None:
    # Words that could be cut in two ways would make this take 2**2000 steps.
    assert weak_key("เลขที่" * 2000 + "ก").endswith("ก")


@pytest.mark.parametrize(("one", "other"), [("1/2567", "12/567"), ("67", "2567"), ("ที่", ""), ("0", "")])
def test_weak_key_keeps_apart(one: str, other: str) -> None:
    assert weak_key(one) != weak_key(other)


# Real numbers


def rows_of(path: Path, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def test_every_real_number_format_is_minted_and_found(shared_data: Path) -> None:
    rows = rows_of(shared_data / "number_formats.csv")
    assert len(rows) == 68
    for row in rows:
        number = registered(row["number"])
        iri = license_iri(BASE, "x-demo", "demo", row["number"])
        assert iri.number == number
        assert parse_license_iri(BASE, str(iri)) == iri
        assert lookup_key(number), row
        for spelling in (
            number.translate(str.maketrans("0123456789", DIGIT_SCRIPTS[0])),
            number.lower(),
            f" {number}\u200b",
            normalize("NFKD", number),
            re.sub(r"[-/ ]+", " - ", number),
        ):
            assert lookup_key(spelling) == lookup_key(number), row
            assert weak_key(spelling) == weak_key(number), row


def test_real_number_formats_share_no_segment_and_only_excels_formula_shares_a_key(shared_data: Path) -> None:
    numbers = {registered(row["number"]) for row in rows_of(shared_data / "number_formats.csv")}
    assert len({encode_number(number) for number in numbers}) == len(numbers)
    assert colliding(numbers) == [{"10390001225278", '="10390001225278"'}]


@pytest.mark.parametrize(
    ("file", "column"),
    [
        ("dld_animal_clinics.csv", "เลขที่ใบอนุญาต"),
        ("singapore_hsa_therapeutic_products.csv", "licence_no"),
        ("bozeman_liquor_licenses_2002-2016.csv", "license_num"),
        ("chicago_active_licenses_2020.csv", "lic_id"),
    ],
)
def test_no_two_numbers_of_a_real_register_share_a_key(shared_data: Path, file: str, column: str) -> None:
    numbers = {registered(row[column]) for row in rows_of(shared_data / "real" / file)} - {""}
    assert len(numbers) > 50
    assert all(decode_number(encode_number(number)) == number for number in numbers)
    assert colliding(numbers) == []


def test_real_juristic_numbers_are_not_citizens(shared_data: Path) -> None:
    path = shared_data / "real" / "dbd_new_juristic_201512.cp874.csv"
    with path.open(encoding="cp874", newline="") as file:
        numbers = {row[1].strip() for row in csv.reader(file) if re.fullmatch(r"\d{13}", row[1].strip())}
    assert len(numbers) > 3000
    assert not any(map(is_citizen_number, numbers))
    assert colliding(numbers) == []


def colliding(numbers: set[str]) -> list[set[str]]:
    """Different numbers under one key, leaving out those that differ in nothing but the script of their digits."""
    by_key: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for number in numbers:
        by_key[lookup_key(number)]["".join(str(decimal(char, char)) for char in number)] = number
    return [set(spellings.values()) for spellings in by_key.values() if len(spellings) > 1]
