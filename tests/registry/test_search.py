"""Finding a licence from whatever a person has."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.register import Register
from registry.search import PAGE, Found, search
from tests.registry.small import BASE, OFFICE, find, iri, open_small, row, send
from vocab.thai import thai_digits


def look(register: Register, query: str) -> Found:
    with register.database.reading() as session:
        return search(register.store(session), query)


def numbers(found: Found) -> tuple[list[str], list[str], list[str]]:
    exact, named, similar = (
        [record.license.number for record in part] for part in (found.exact, found.named, found.similar)
    )
    return exact, named, similar


@pytest.fixture(scope="module")
def filled(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Register]:
    """A register that the tests of this module only read."""
    file = tmp_path_factory.mktemp("search") / "registry.db"
    shutil.copy(sqlite_template, file)
    register = open_small(f"sqlite:///{file}", "search")
    fill(register)
    yield register
    register.database.close()


def fill(register: Register) -> None:
    send(
        register,
        row("12/2567", premises="ร้านก๋วยเตี๋ยว 100% _แท้_", aliases="กท 5/2560"),
        row("1/22567"),
        row("กข ๓๔ (ก)", licensee="นายสมชาย ใจดี", premises="ครัวสมหมาย"),
        row("05/2567", licensee="บริษัท ปลาทู จำกัด"),
        row("PTY/V 0937"),
    )
    send(register, row("12/2567", premises="สาขาสอง"), authority=OFFICE)


def test_postgresql_finds_the_same(postgresql_register: Register, filled: Register) -> None:
    fill(postgresql_register)
    for query in ("12-2567", "กท 5-2560", "ปลาทู", "100% _แท้_", "%", "5/67", "สมชาย"):
        assert numbers(look(postgresql_register, query)) == numbers(look(filled, query))


@pytest.mark.parametrize(
    "query",
    ["กข ๓๔ (ก)", "กข 34 ก", "  กข-๓๔/ก ", "กข\u200b ๓๔ (ก)", "กข34ก"],
)
def test_a_number_in_any_spelling(filled: Register, query: str) -> None:
    assert numbers(look(filled, query)) == (["กข ๓๔ (ก)"], [], [])


def test_a_number_that_two_licences_bear(filled: Register) -> None:
    for query in ("12/2567", "๑๒/๒๕๖๗", "12-2567", " 12 / 2567"):
        found = look(filled, query)
        assert {record.license.iri for record in found.exact} == {iri("12/2567"), iri("12/2567", authority=OFFICE)}
        assert not found.similar


def test_groups_of_digits_stay_apart(filled: Register) -> None:
    assert numbers(look(filled, "1/22567"))[0] == ["1/22567"]
    exact, named, similar = numbers(look(filled, "122567"))
    assert (exact, named) == ([], [])
    assert sorted(similar) == ["1/22567", "12/2567", "12/2567"], "which one is meant, nobody can tell"
    assert look(filled, "22567").is_empty or "1/22567" not in numbers(look(filled, "22567"))[2], "a part is no number"


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("052567", "05/2567"),
        ("๐๕๒๕๖๗", "05/2567"),
        ("กท52560", "12/2567"),
        ("กท5-2560", "12/2567"),
        ("ptyv937", "PTY/V 0937"),
        ("PTYV0937", "PTY/V 0937"),
    ],
)
def test_a_number_without_its_separators_is_suggested(filled: Register, query: str, number: str) -> None:
    exact, named, similar = numbers(look(filled, query))
    assert [*exact, *similar] == [number]
    assert named == []


def test_accents_and_the_order_of_marks_make_no_difference(register: Register) -> None:
    send(register, row("70/2567", premises="Café Crème"), row("71/2567", premises="ร้านน้ำมัน"))
    for query in ("cafe creme", "CAFÉ", "café", "cafe\u0301"):
        assert numbers(look(register, query))[1] == ["70/2567"], query
    for query in ("นำ้มัน", "น้ำมัน", "นํ้ามัน"):
        assert numbers(look(register, query))[1] == ["71/2567"], query


def test_an_alias_finds_its_licence(filled: Register) -> None:
    assert [record.license.iri for record in look(filled, "กท 5-2560").exact] == [iri("12/2567")]


@pytest.mark.parametrize("query", ["5/2567", "เลขที่ 05/67", "O5/2567"])
def test_suggestions_are_kept_apart(filled: Register, query: str) -> None:
    exact, _named, similar = numbers(look(filled, query))
    assert exact == []
    assert similar == ["05/2567"]


def test_addresses(filled: Register) -> None:
    record = find(filled, "12/2567")
    for address in (
        str(record.license.iri),
        record.license.iri.path,
        f"{BASE}/doc/html/lic/{record.license.iri.tail}?lang=en",
        f"{BASE}/doc/ttl/lic/{record.license.iri.tail}",
        f"{BASE}/id/lic/lao-06480115/food-premises/12%2F2567",
        f"{BASE.upper()}/C/{record.check_id}",
        f"{BASE}/c/{record.check_id.lower()}",
        record.check_id,
        record.check_id.lower(),
        f"/C/{record.check_id}",
        str(record.license.iri).removeprefix("https://"),
        f"{BASE.removeprefix('https://')}/c/{record.check_id}",
        f"localhost:8471{record.license.iri.path}",
        f"localhost:8471/doc/html/lic/{record.license.iri.tail}?lang=en",
    ):
        found = look(filled, address)
        assert [item.license.iri for item in found.exact] == [record.license.iri], address


def test_a_thai_number_in_an_address_as_browsers_show_it(filled: Register) -> None:
    assert numbers(look(filled, f"{BASE}/id/lic/lao-06480115/food-premises/กข~20๓๔~20~28ก~29"))[0] == ["กข ๓๔ (ก)"]


@pytest.mark.parametrize("query", ["ก๋วยเตี๋ยว", "100% _แท้_", "ปลาทู", "บริษัท ปลาทู"])
def test_names_of_places_and_companies(filled: Register, query: str) -> None:
    assert len(numbers(look(filled, query))[1]) == 1


@pytest.mark.parametrize("query", ['"ปลาทู"', "(ปลาทู", "ปลาทู.", "“บริษัท” ปลาทู,"])
def test_what_stands_around_a_word_makes_no_difference(filled: Register, query: str) -> None:
    assert numbers(look(filled, query))[1] == ["05/2567"]


@pytest.mark.parametrize("query", ["สมชาย", "ใจดี", "นายสมชาย ใจดี"])
def test_persons_cannot_be_searched_by_name(filled: Register, query: str) -> None:
    assert look(filled, query).is_empty


@pytest.mark.parametrize(
    "query", ["%", "_", "%%", "1_0%", "", "   ", "\0", "-", "()", "\ud800", "http://[", "x" * 10_000]
)
def test_what_finds_nothing(filled: Register, query: str) -> None:
    assert look(filled, query).is_empty


def test_many_are_cut_off_and_said_to_be(sqlite_register: Register) -> None:
    send(sqlite_register, *(row(f"{number}/2567") for number in range(PAGE + 1)))
    found = look(sqlite_register, "ตัวอย่าง")
    assert (len(found.named), found.more) == (PAGE, True)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=60) | st.from_regex(r"(https?|HTTP)://[\[\]a-z.:@%~/ก-๙]{0,30}", fullmatch=True))
def test_anything_may_be_typed(postgresql_register: Register, query: str) -> None:
    look(postgresql_register, query)


def test_every_registered_number_is_found_by_itself_and_in_thai_digits(filled: Register) -> None:
    for number in ("12/2567", "1/22567", "กข ๓๔ (ก)", "05/2567"):
        for query in (number, thai_digits(number)):
            assert number in numbers(look(filled, query))[0]
