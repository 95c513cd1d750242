"""Lists for programs: what is in them, how they go on, and what is refused."""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry.api.license_list import FILTERS
from registry.catalogue import declare, read_catalogue
from registry.intake.publish import publish
from registry.intake.suspicion import SUSPICIONS
from registry.register import Register
from registry.web.asked import NARROWED, Asked
from tests.registry.small import (
    ADVERT,
    BASE,
    CATALOGUE,
    CLINIC,
    DEPARTMENT,
    FOOD,
    HEADINGS,
    MAPPING,
    OFFICE,
    TODAY,
    TOWN,
    Clock,
    act,
    row,
    send,
    submission,
    table,
)
from vocab.history import ActKind

PERSON = {"licensee": "นายสมชาย ใจดีมาก", "street": "99/123 ซอยลับเฉพาะ", "juristic_id": ""}
LICENSES, AUTHORITIES, TYPES = "/api/v1/licenses", "/api/v1/authorities", "/api/v1/types"


def fill(register: Register) -> None:
    send(
        register,
        *(row(f"{number}/2567", premises=f"ร้านที่ {number:02}") for number in range(1, 24)),
        row("30/2567", **PERSON, province="จังหวัดเลย", district="อำเภอเมือง"),
        row("31/2567", juristic_id="0105536000313", aliases="ก.31"),
    )
    send(register, row("1/2567", premises="สำนักงาน"), authority=OFFICE)
    act(register, "2/2567", ActKind.SUSPEND, TODAY)


def pages(client: FlaskClient, **query: Any) -> Iterator[dict[str, Any]]:
    """Each page of a list, by its `next`."""
    answer = client.get(LICENSES, query_string=query)
    while True:
        assert answer.status_code == 200, answer.text
        page = answer.get_json()
        yield page
        if page["next"] is None:
            return
        assert page["next"].startswith(f"{BASE}{LICENSES}?")
        answer = client.get(page["next"].removeprefix(BASE))


def numbers(client: FlaskClient, **query: Any) -> list[str]:
    return [each["number"] for page in pages(client, **query) for each in page["licenses"]]


def refused(answer: TestResponse) -> dict[str, Any]:
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    problem: dict[str, Any] = answer.get_json()
    return problem


def test_a_row_says_who_where_and_until_when(register: Register, client: FlaskClient) -> None:
    fill(register)
    (found,) = next(pages(client, number="31-2567"))["licenses"]
    modified = found.pop("modified_at")
    assert modified == "2026-11-21T05:00:00Z"
    own = f"{TOWN}/{FOOD}/31~2F2567"
    assert found == {
        "iri": f"{BASE}/id/lic/{own}",
        "number": "31/2567",
        "authority": TOWN,
        "type": FOOD,
        "status": "active",
        "record": "published",
        "licensee": "บริษัท ตัวอย่าง จำกัด",
        "juristic_id": "0105536000313",
        "premises": "ร้านตัวอย่าง",
        "province": "นครพนม",
        "issued_on": "2024-03-01",
        "valid_from": "2024-03-01",
        "expires_on": "2027-02-28",
        "links": {
            "self": f"{BASE}/api/v1/licenses/{own}",
            "html": f"{BASE}/doc/html/lic/{own}",
            "credential": f"{BASE}/doc/vc/lic/{own}",
        },
    }
    for link in found["links"].values():
        assert client.get(link.removeprefix(BASE)).status_code == 200


def test_of_a_person_only_what_is_disclosed(register: Register, client: FlaskClient) -> None:
    fill(register)
    answer = client.get(LICENSES, query_string={"number": "30/2567", "facets": "1"})
    (found,) = answer.get_json()["licenses"]
    assert found["licensee"] == "นายส*** ใจ***"
    assert (found["district"], found["province"]) == ("อำเภอเมือง", "จังหวัดเลย")
    assert "ซอยลับเฉพาะ" not in answer.text
    assert "ใจดีมาก" not in answer.text
    assert numbers(client, q="ใจดีมาก") == numbers(client, q="ซอยลับ") == []


@pytest.mark.parametrize("sort", ["newest", "name", "changed"])
def test_pages_go_on_by_key_without_a_gap(register: Register, client: FlaskClient, sort: str) -> None:
    fill(register)
    found = list(pages(client, sort=sort, limit=7))
    assert [len(page["licenses"]) for page in found] == [7, 7, 7, 5]
    assert len({each["iri"] for page in found for each in page["licenses"]}) == 26
    first, second = found[:2]
    send(register, row("99/2567", premises="ก่อนทุกร้าน"))
    again = client.get(first["next"].removeprefix(BASE)).get_json()
    assert again["licenses"] == second["licenses"], "what came meanwhile moves nothing"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 26),
        ({"q": "ร้านที่"}, 23),
        ({"q": "ร้านที่ 07"}, 1),
        ({"number": "๑/๒๕๖๗"}, 2),
        ({"number": "1/2567", "authority": OFFICE}, 1),
        ({"number": "ก 31"}, 1),
        ({"number": "no such"}, 0),
        ({"authority": OFFICE}, 1),
        ({"authority": "lao-05480115"}, 25),
        ({"type": CLINIC}, 0),
        ({"type": FOOD, "status": "suspended"}, 1),
        ({"province": "เลย"}, 1),
        ({"province": "จ.เลย", "district": "เมือง"}, 1),
        ({"district": "เมือง"}, 1),
        ({"holder": "0105536000313"}, 1),
        ({"province": "Loei"}, 1),
        ({"province": "loei", "district": "อ.เมือง"}, 1),
        ({"province": "Nakhon phanom"}, 25),
        ({"province": "Chiangmai"}, 0),
        ({"lang": "en", "status": "suspended"}, 1),
    ],
    ids=str,
)
def test_filters(register: Register, client: FlaskClient, query: dict[str, str], count: int) -> None:
    fill(register)
    assert len(numbers(client, **query)) == count


def test_a_number_is_understood_as_the_search_does(register: Register, client: FlaskClient) -> None:
    fill(register)
    iri = f"{BASE}/id/lic/{TOWN}/{FOOD}/2~2F2567"
    check = re.findall(r"/c/[0-9A-Z]{26}", client.get(f"/doc/jsonld/lic/{TOWN}/{FOOD}/2~2F2567").text, re.IGNORECASE)
    for number in (iri, iri.replace("/id/", "/doc/html/"), *(BASE + each for each in check[:1])):
        assert numbers(client, number=number) == ["2/2567"]
        assert numbers(client, number=number, status="active") == [], "all filters must hold"
    for number in ("เลขที่ 2/2567", "02/67", "22567"):
        answer = client.get(LICENSES, query_string={"number": number}).get_json()
        assert answer["licenses"] == []
        assert [each["iri"] for each in answer["similar"]] == [iri]
        other = client.get(LICENSES, query_string={"number": number, "authority": OFFICE}).get_json()
        assert other["similar"] == []
    assert "similar" not in client.get(LICENSES, query_string={"number": "2/2567"}).get_json()


def test_facets_are_counted_where_they_are_asked_for(register: Register, client: FlaskClient) -> None:
    fill(register)
    first, second, *_rest = pages(client, facets="1", limit=10)
    assert first["facets"]["status"] == {"active": 25, "suspended": 1}
    assert first["facets"]["authority"] == {TOWN: 25, OFFICE: 1}
    assert (first["counted"], first["complete"]) == (26, True)
    assert "facets" not in second
    assert "facets" not in next(pages(client))


@pytest.mark.parametrize(
    ("query", "parameter", "says"),
    [
        ("status=actve", "/status", "active"),
        ("sort=oldest", "/sort", "newest, name, changed"),
        ("limit=0", "/limit", "from 1 to 100"),
        ("limit=101", "/limit", "from 1 to 100"),
        ("limit=%D9%A3", "/limit", "from 1 to 100"),
        ("facets=yes", "/facets", "0, 1"),
        ("authority=dep-9999", "/authority", AUTHORITIES),
        ("type=none", "/type", TYPES),
        ("ministry=none", "/ministry", "in full"),
        ("holder=123", "/holder", "13 digits"),
        ("q=x", "/q", "two characters"),
        ("provinse=x", "/provinse", "province"),
        ("province=Nowhere", "/province", "Thai or English"),
        ("province=จังหวัด&status=active", "/province", "Thai or English"),
        ("district=อำเภอ", "/district", "none has this one"),
        ("activity=nope", "/activity", "none has this one"),
        ("type=advert&type=food-premises", "/type", "got 2"),
        ("q=ab%00c", "/q", "NUL"),
    ],
)
def test_what_nothing_here_can_have_is_refused(
    sqlite_client: FlaskClient, query: str, parameter: str, says: str
) -> None:
    problem = refused(sqlite_client.get(f"{LICENSES}?{query}"))
    assert (problem["type"], problem["pointer"]) == ("/problems/member-refused", parameter)
    assert says in problem["detail"]


def test_a_cursor_of_another_list_is_refused(sqlite_client: FlaskClient, sqlite_register: Register) -> None:
    fill(sqlite_register)
    after = next(pages(sqlite_client, sort="name"))["next"].partition("after=")[2]
    others = (
        f"sort=name&type={FOOD}&after={after}",
        f"sort=name&province=เลย&after={after}",
        f"sort=name&q=2567&after={after}",
    )
    for query in (f"after={after}", "after=nonsense", *others):
        problem = refused(sqlite_client.get(f"{LICENSES}?{query}"))
        assert problem["type"] == "/problems/cursor-refused"
        assert "after" in problem["detail"]
    assert sqlite_client.get(f"{LICENSES}?sort=name&after={after}&limit=5").status_code == 200, "as many as one likes"
    assert sqlite_client.get("/problems/cursor-refused?lang=en").status_code == 200


def test_lists_are_conditional_and_open(sqlite_client: FlaskClient, sqlite_register: Register) -> None:
    fill(sqlite_register)
    for path in (LICENSES, AUTHORITIES, f"{AUTHORITIES}/{TOWN}", TYPES, f"{TYPES}/{FOOD}"):
        answer = sqlite_client.get(path)
        assert (answer.status_code, answer.content_type) == (200, "application/json")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        again = sqlite_client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    before = sqlite_client.get(LICENSES).headers["ETag"]
    act(sqlite_register, "20/2567", ActKind.REVOKE)
    assert sqlite_client.get(LICENSES, headers={"If-None-Match": before}).status_code == 200


def test_authorities(register: Register, client: FlaskClient, clock: Clock) -> None:
    fill(register)

    def codes(query: str) -> list[str]:
        return [each["code"] for each in client.get(f"{AUTHORITIES}?{query}").get_json()["authorities"]]

    assert codes("") == [DEPARTMENT, TOWN, OFFICE]
    assert codes(f"type={FOOD}") == [TOWN, OFFICE]
    assert codes("level=central") == [DEPARTMENT]
    assert codes("ministry=none") == []
    page = client.get(f"{AUTHORITIES}?limit=2").get_json()
    assert [each["code"] for each in page["authorities"]] == [DEPARTMENT, TOWN]
    last = client.get(page["next"].removeprefix(BASE)).get_json()
    assert ([each["code"] for each in last["authorities"]], last["next"]) == ([OFFICE], None)
    town = client.get(f"{AUTHORITIES}/{TOWN}").get_json()
    assert page["authorities"][1].items() <= town.items()
    assert town["types"] == [{"code": ADVERT, "licenses": 0}, {"code": FOOD, "licenses": 25}]
    assert town["statuses"] == {"active": 24, "suspended": 1}
    (announcement,) = town["announcements"]
    assert announcement["iri"] == f"{BASE}/id/gazette/{TOWN}/display-2567"
    assert announcement["published_on"] == "2024-02-01"
    assert len(client.get(town["links"]["licenses"].removeprefix(BASE)).get_json()["licenses"]) == 20
    for form in ("html", "jsonld", "ttl", "nt"):
        assert client.get(urlsplit(town["links"][form]).path).status_code == 200
    send(register, row("98/2567"))
    assert client.get(f"{AUTHORITIES}/{TOWN}").get_json() == town, "counted once a minute"
    clock.pass_by(minutes=1)
    assert client.get(f"{AUTHORITIES}/{TOWN}").get_json()["statuses"] == {"active": 25, "suspended": 1}
    former = client.get(f"{AUTHORITIES}/lao-05480115")
    assert (former.status_code, former.headers["Location"]) == (308, f"{BASE}{AUTHORITIES}/{TOWN}")
    assert client.get(f"{AUTHORITIES}/dep-9999").get_json()["type"] == "/problems/no-such-authority"


def test_a_ministry_stands_for_its_authorities(register: Register, client: FlaskClient, tmp_path: Path) -> None:
    fill(register)
    ministry = 'ministry = { th = "กระทรวงตัวอย่าง", en = "Ministry of Examples" }'
    declared = CATALOGUE.replace('code = "x-office"', f'code = "x-office"\n{ministry}')
    (tmp_path / "ministry.toml").write_text(declared, encoding="utf-8")
    declare(register, read_catalogue(tmp_path / "ministry.toml"))
    for name in ("กระทรวงตัวอย่าง", "Ministry of Examples"):
        assert numbers(client, ministry=name) == numbers(client, ministry=name, authority=OFFICE) == ["1/2567"]
        listed = client.get(AUTHORITIES, query_string={"ministry": name}).get_json()["authorities"]
        assert [each["ministry"]["en"] for each in listed] == ["Ministry of Examples"]
    assert next(pages(client, facets="1"))["facets"]["ministry"] == {"กระทรวงตัวอย่าง": 1}
    other = client.get(LICENSES, query_string={"ministry": "Ministry of Examples", "authority": TOWN})
    assert "is not of it" in refused(other)["detail"]


def test_types(register: Register, client: FlaskClient) -> None:
    fill(register)

    def codes(query: str) -> list[str]:
        return [each["code"] for each in client.get(f"{TYPES}?{query}").get_json()["types"]]

    assert codes("") == [ADVERT, CLINIC, FOOD]
    assert codes(f"authority={OFFICE}") == [FOOD]
    assert codes(f"after={ADVERT}&limit=1") == [CLINIC]
    food = client.get(f"{TYPES}/{FOOD}").get_json()
    assert food["legal_basis"][0]["iri"] == f"{BASE}/id/law/pha-2535/s38"
    assert [(item["field"], item["disclosure"]) for item in food["face"]][1] == ("licensee", "masked")
    assert (food["licenses"], food["statuses"]) == (26, {"active": 25, "suspended": 1})
    granting = client.get(food["links"]["authorities"].removeprefix(BASE)).get_json()
    assert [each["code"] for each in granting["authorities"]] == [TOWN, OFFICE]
    assert client.get(f"{TYPES}/none").get_json()["type"] == "/problems/no-such-license-type"


@pytest.mark.parametrize(
    "path",
    [
        f"{AUTHORITIES}?after=x",
        f"{AUTHORITIES}?type=none",
        f"{AUTHORITIES}?level=high",
        f"{AUTHORITIES}?q=x",
        f"{TYPES}?after=X",
        f"{TYPES}?authority=dep-9999",
        f"{TYPES}?limit=1001",
        f"{TYPES}/{FOOD}?limit=1",
    ],
)
def test_grantors_are_not_listed_by_what_they_do_not_have(sqlite_client: FlaskClient, path: str) -> None:
    assert refused(sqlite_client.get(path))["pointer"].startswith("/")


# The page and the API

ONLY_IN_THE_API = {"number", "limit", "facets"}
"""On the page, a number is typed into `q`; a page of it has its length, and counts always."""


def on_the_page(client: FlaskClient, **query: str) -> list[str]:
    page = client.get("/search", query_string=query)
    assert page.status_code == 200
    return re.findall(r'href="/doc/html/lic/([^"?]*)', page.text)


def test_the_page_and_the_api_have_the_same_filters() -> None:
    assert {field.name for field in fields(Asked)} == set(FILTERS) - ONLY_IN_THE_API
    assert set(NARROWED) <= set(FILTERS)


def test_each_filter_finds_the_same_on_the_page_and_by_api(
    register: Register, client: FlaskClient, tmp_path: Path
) -> None:
    declared = CATALOGUE.replace('code = "x-office"', 'code = "x-office"\nministry = { th = "กระทรวงตัวอย่าง" }')
    (tmp_path / "catalogue.toml").write_text(declared, encoding="utf-8")
    declare(register, read_catalogue(tmp_path / "catalogue.toml"))
    one = row("1/2567", province="เลย", district="เมือง", juristic_id="0105536000313", activity="ทำอาหาร")
    lacking = row("2/2567", licensee="", expires_on="2025-01-31")
    body = table(one, lacking, row("3/2567"), headings=(*HEADINGS, "activity"))
    mapping = MAPPING.replace("[columns.particulars]", 'activity = "activity"\n[columns.particulars]')
    publish(register, submission(body, mapping=mapping), accept=SUSPICIONS)
    send(register, row("4/2567"), authority=OFFICE)
    # Each with what it finds of the four.
    asked = {
        "q": ("เลย", ["1/2567"]),
        "ministry": ("กระทรวงตัวอย่าง", ["4/2567"]),
        "authority": (OFFICE, ["4/2567"]),
        "type": (FOOD, ["4/2567", "3/2567", "2/2567", "1/2567"]),
        "province": ("เลย", ["1/2567"]),
        "district": ("เมือง", ["1/2567"]),
        "status": ("expired", ["2/2567"]),
        "activity": ("ทำอาหาร", ["1/2567"]),
        "holder": ("0105536000313", ["1/2567"]),
        "incomplete": ("1", ["2/2567"]),
        "finding": ("warns", ["2/2567"]),
    }
    assert asked.keys() == {"q", *NARROWED}
    for name, (value, found) in asked.items():
        query = {name: value, **({"province": "เลย"} if name == "district" else {})}
        assert numbers(client, **query) == found, name
        assert [unquote(path.split("/")[2]).replace("~2F", "/") for path in on_the_page(client, **query)] == found, name
    for name in ("finding", "incomplete"):
        assert client.get(LICENSES, query_string={name: "x"}).status_code == 400
