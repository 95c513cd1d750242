"""A register with hundreds of authorities: lists of them go on page by page, and none asks for each of them."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.register import Register
from registry.tables import AuthorityCodeRow, AuthorityRow, LicenseTypeRow, MandateRow
from registry.web.section13 import PAGE
from tests.registry.small import FOOD, TOWN, Clock, row, send
from tests.registry.statements import statements
from vocab.authority import Frequency, Level, LicensingAuthority, Mandate
from vocab.license import LocalText

COUNT = PAGE + 50
FIRST, LAST = "lao-10000000", f"lao-{10_000_000 + COUNT - 1}"


@pytest.fixture
def many(register: Register) -> Register:
    """250 authorities more, each of which may grant one type."""
    with register.database.writing() as session:
        type_id = session.scalars(select(LicenseTypeRow.id).where(LicenseTypeRow.code == FOOD)).one()
        for number in range(COUNT):
            code = f"lao-{10_000_000 + number}"
            ministry = LocalText(th=f"กระทรวงที่ {number % 3}", en=f"Ministry {number % 3}")
            name = LocalText(th=f"องค์การบริหารส่วนตำบลที่ {number}")
            authority = LicensingAuthority(code=code, name=name, level=Level.LOCAL, ministry=ministry)
            found = AuthorityRow(
                code=code,
                document=register.codec.dump(authority),
                level="local",
                ministry=ministry.th,
                ministry_en=ministry.en,
            )
            session.add(found)
            session.flush()
            session.add(AuthorityCodeRow(code=code, authority_id=found.id))
            mandate = Mandate(authority=code, type=FOOD, frequency=Frequency.MONTHLY)
            session.add(MandateRow(authority_id=found.id, type_id=type_id, document=register.codec.dump(mandate)))
    send(register, row("1/2567"), row("2/2567", expires_on=""))
    return register


def codes(page: str, path: str) -> list[str]:
    return re.findall(rf'<p class="entry-name"><a class="standalone" href="{path}([^"?]*)', page)


def test_section_13_goes_on_page_by_page(many: Register, client: FlaskClient, clock: Clock) -> None:
    first = client.get("/section-13?lang=en")
    (after,) = re.findall(r'href="(/section-13\?after=[^"]*)"', first.text)
    second = client.get(after.replace("&amp;", "&"))
    found = [*codes(first.text, "/section-13/"), *codes(second.text, "/section-13/")]
    assert len(codes(first.text, "/section-13/")) == PAGE
    assert len(found) == len(set(found)) == COUNT + 3
    assert found == sorted(found)
    # The sums are those of all authorities, and of the last minute.
    assert "Lists with a promised frequency: 250, of which late: 250." in first.text
    assert ">1</a></dd>" in first.text, "one licence lacks an item"
    send(many, row("3/2567", expires_on=""))
    assert ">1</a></dd>" in client.get("/section-13?lang=en").text
    clock.pass_by(minutes=1)
    assert ">2</a></dd>" in client.get("/section-13?lang=en").text


def test_a_type_has_pages_of_those_who_grant_it(many: Register, client: FlaskClient) -> None:
    first = client.get(f"/doc/html/type/{FOOD}?lang=en").text
    assert len(codes(first, "/doc/html/auth/")) == PAGE
    (after,) = re.findall(rf'href="(/doc/html/type/{FOOD}\?after=[^"]*)"', first)
    second = client.get(after.replace("&amp;", "&")).text
    found = [*codes(first, "/doc/html/auth/"), *codes(second, "/doc/html/auth/")]
    assert len(found) == len(set(found)) == COUNT + 2
    assert "2 licences" in first
    assert "2 licences" in second


def test_the_front_page_names_those_with_most_licences(many: Register, client: FlaskClient) -> None:
    page = client.get("/?lang=en").text
    assert "All 253 authorities" in page
    assert f'href="/doc/html/auth/{TOWN}?lang=en"' in page, "it has licences"
    assert page.count('href="/doc/html/auth/') == 12 + 2


def test_a_ministry_stands_for_its_authorities_in_both_languages(many: Register, client: FlaskClient) -> None:
    for ministry in ("กระทรวงที่ 1", "Ministry 1"):
        listed = client.get("/api/v1/authorities", query_string={"ministry": ministry, "limit": 100}).get_json()
        assert len(listed["authorities"]) == 83
        assert {each["ministry"]["en"] for each in listed["authorities"]} == {"Ministry 1"}
        assert client.get("/api/v1/licenses", query_string={"ministry": ministry}).get_json()["licenses"] == []
    refused = client.get("/api/v1/licenses", query_string={"ministry": "Ministry 1", "authority": TOWN})
    assert (refused.status_code, refused.get_json()["detail"].count("is not of it")) == (400, 1)
    own = client.get("/api/v1/licenses", query_string={"ministry": "Ministry 0", "authority": FIRST})
    assert own.get_json()["licenses"] == []
    level = client.get("/api/v1/authorities", query_string={"level": "local", "limit": 1000, "type": FOOD})
    assert len(level.get_json()["authorities"]) == COUNT + 1


@pytest.mark.parametrize("path", ["/section-13", f"/doc/html/type/{FOOD}"])
@pytest.mark.parametrize("after", ["%00", "%ED%A0%80", "~", "x" * 3000, "ก"])
def test_a_strange_beginning_is_one_all_the_same(client: FlaskClient, path: str, after: str) -> None:
    assert client.get(f"{path}?after={after}").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/section-13", "/api/v1/authorities", "/search?ministry=Ministry+1", "/api/v1/licenses?ministry=Ministry+1", "/"],
)
def test_no_list_asks_for_each_authority(many: Register, client: FlaskClient, path: str) -> None:
    client.get(path)
    with statements(many) as asked:
        assert client.get(path).status_code == 200
    assert len(asked) < 25, asked
