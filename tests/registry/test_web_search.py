"""The search page: what it finds, how it is narrowed and goes on, and what it says when there is nothing."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry.catalogue import declare, read_catalogue
from registry.intake.publish import publish
from registry.register import Register
from registry.search.listing import PAGE
from tests.registry.small import (
    ADVERT,
    BASE,
    CATALOGUE,
    CLINIC,
    DEPARTMENT,
    FOOD,
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

NAMES = ("ร้านข้าวแกงป้าแดง", "ร้านก๋วยเตี๋ยวเรือ", "โรงแรมแม่โขง")
COUNT = 50
_NUMBERS = re.compile(r'<div class="card-top">\s*<a href="[^"]*"><bdi>([^<]*)</bdi>')
_LINKS = re.compile(r'href="(/search[^"]*)"')


def fill(register: Register) -> None:
    """Fifty licences in two provinces, each third one a hotel."""
    places = (("นครพนม", "เมืองนครพนม"), ("จังหวัดนครพนม", "ธาตุพนม"), ("กรุงเทพมหานคร", "บางรัก"))
    send(
        register,
        *(
            row(f"{n}/2567", premises=NAMES[n % 3], province=places[n % 3][0], district=places[n % 3][1])
            for n in range(1, COUNT + 1)
        ),
    )
    act(register, "3/2567", ActKind.SUSPEND, TODAY)


def send_bare(register: Register, number: str, authority: str, license_type: str, **cells: str) -> None:
    """Publishes a licence of a type that has no items of its own."""
    bare = MAPPING.partition("[columns.particulars]")[0]
    publish(register, submission(table(row(number, **cells)), authority, license_type, bare))


def look(client: FlaskClient, **asked: str) -> TestResponse:
    return client.get("/search", query_string={"lang": "en", **asked})


def numbers(answer: TestResponse) -> list[str]:
    """The numbers of the licences on a page, in their order."""
    return [html.unescape(number) for number in _NUMBERS.findall(answer.text)]


def links(answer: TestResponse) -> list[str]:
    """Where the page itself leads; its head leads to the same list in the other language."""
    return [html.unescape(link) for link in _LINKS.findall(answer.text.partition("<main")[2])]


def link_with(answer: TestResponse, part: str) -> str:
    """The one address on the page in which `part` is."""
    (found,) = {link for link in links(answer) if part in link}
    return found


def pages(client: FlaskClient, path: str) -> Iterator[TestResponse]:
    """A list page by page."""
    while True:
        answer = client.get(path)
        assert answer.status_code == 200
        yield answer
        after = [link for link in links(answer) if "after=" in link]
        if not after:
            return
        (path,) = set(after)


def test_all_of_a_list_goes_by_once(register: Register, client: FlaskClient) -> None:
    fill(register)
    found = list(pages(client, "/search?lang=en"))
    assert [len(numbers(page)) for page in found] == [PAGE, PAGE, COUNT - 2 * PAGE]
    every = [number for page in found for number in numbers(page)]
    assert every == [f"{n}/2567" for n in range(COUNT, 0, -1)]
    assert "50 licences" in found[0].text
    for later in found[1:]:
        assert "/search?lang=en" in links(later), "back to the first page"
        assert "50 licences" not in later.text, "what was not counted is not said"


def test_a_list_is_narrowed_by_links_and_widened_again(register: Register, client: FlaskClient) -> None:
    fill(register)
    first = look(client, sort="name")
    assert not [link for link in links(first) if "district=" in link], "districts lie in a province"
    province = client.get(link_with(first, f"province={quote('นครพนม')}"))
    assert "33 licences" in province.text
    district = client.get(link_with(province, f"district={quote('ธาตุพนม')}"))
    assert "17 licences" in district.text
    assert set(numbers(district)) <= {f"{n}/2567" for n in range(1, COUNT + 1, 3)}
    of_province, of_nothing = (f"?{part}sort=name&lang" for part in (f"province={quote('นครพนม')}&", ""))
    assert numbers(client.get(link_with(district, of_province))) == numbers(province)
    widened = client.get(link_with(district, of_nothing))
    assert numbers(widened) == numbers(first), "the district goes with its province"


def test_provinces_have_english_names_and_districts_need_none(register: Register, client: FlaskClient) -> None:
    fill(register)
    assert numbers(look(client, province="Nakhon Phanom")) == numbers(look(client, province="นครพนม")) != []
    assert numbers(look(client, province="bangkok")) == numbers(look(client, province="กรุงเทพมหานคร")) != []
    alone = look(client, district="อำเภอธาตุพนม")
    assert numbers(alone) == numbers(look(client, district="ธาตุพนม", province="นครพนม")) != []
    assert "ธาตุพนม</bdi></strong>" in alone.text, "what was chosen is said"


def test_each_count_is_that_of_the_list_behind_the_link(register: Register, client: FlaskClient) -> None:
    fill(register)
    page = look(client).text
    found = re.findall(r'<li><a href="(/search[^"]*)" rel="nofollow">.*?<span class="count">([\d,]+)</span>', page)
    assert len(found) >= 4
    for path, count in found:
        assert f"{count} licence" in client.get(html.unescape(path)).text
    assert "status=suspended" in page
    assert numbers(look(client, status="suspended")) == ["3/2567"]


def test_a_list_that_is_longer_than_what_was_counted_says_so(
    sqlite_register: Register, sqlite_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.search.listing.LOOKED_AT", 25)
    fill(sqlite_register)
    page = look(sqlite_client).text
    assert "25 licences or more" in page
    assert "Counted among the first 25 licences" in page
    assert re.search(r'<span class="count">\d+\+</span>', page)
    assert not re.search(r'<span class="count">\d+</span>', page)


def test_a_long_list_can_be_narrowed_to_what_was_not_counted(
    register: Register, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.search.listing.LOOKED_AT", 25)
    send(register, row("1/2566", province="เลย"), authority=OFFICE)
    send_bare(register, "7/2566", DEPARTMENT, CLINIC, province="ภูเก็ต")
    fill(register)
    page = look(client)
    assert "others, not counted" in page.text
    for part, number in (
        (f"authority={OFFICE}", "1/2566"),
        (f"authority={DEPARTMENT}", "7/2566"),
        (f"type={CLINIC}", "7/2566"),
        (f"province={quote('เลย')}", "1/2566"),
        (f"province={quote('ภูเก็ต')}", "7/2566"),
    ):
        assert numbers(client.get(link_with(page, part))) == [number]
    of_food = look(client, type=FOOD)
    assert [link for link in links(of_food) if f"authority={OFFICE}" in link]
    assert not [link for link in links(of_food) if f"authority={DEPARTMENT}" in link], "it grants none of these"
    assert "others, not counted" not in look(client, authority=OFFICE).text, "all of a short list were counted"


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("กรมปศุสัตว์", f"/doc/html/auth/{DEPARTMENT}"),
        ("department of livestock", f"/doc/html/auth/{DEPARTMENT}"),
        ("อบต.โพธิ์ตาก", f"/doc/html/auth/{TOWN}"),
        (TOWN.upper(), f"/doc/html/auth/{TOWN}"),
        (f"{BASE}/id/auth/{OFFICE}", f"/doc/html/auth/{OFFICE}"),
        ("สถานพยาบาลสัตว์", f"/doc/html/type/{CLINIC}"),
        (f"{BASE}/def/license-type/{FOOD}", f"/doc/html/type/{FOOD}"),
        ("animal-clinic", f"/doc/html/type/{CLINIC}"),
        ("ใบอนุญาตโฆษณา", f"/doc/html/type/{ADVERT}"),
    ],
)
def test_an_authority_or_a_type_is_found_by_its_name(
    register: Register, client: FlaskClient, query: str, path: str
) -> None:
    answer = look(client, q=query)
    assert re.findall(r'href="(/doc/html/(?:auth|type)/[^"?]*)', answer.text.partition("<main")[2]) == [path]
    assert "Nothing was found" not in answer.text


@pytest.mark.parametrize("query", ["กรม", "%%%%", "____", '""""', "\\\\\\\\", "central", "ไม่มีอยู่จริง"])
def test_no_authority_is_guessed(register: Register, client: FlaskClient, query: str) -> None:
    assert "Authorities and types" not in look(client, q=query).text


def test_lists_have_orders(sqlite_register: Register, sqlite_client: FlaskClient, clock: Clock) -> None:
    fill(sqlite_register)
    clock.pass_by(minutes=5)
    act(sqlite_register, "4/2567", ActKind.SUSPEND, TODAY)
    assert numbers(look(sqlite_client, sort="changed"))[:2] == ["4/2567", "50/2567"]
    named = [number for page in pages(sqlite_client, "/search?sort=name&lang=en") for number in numbers(page)]
    assert len(named) == len(set(named)) == COUNT
    assert {int(number.partition("/")[0]) % 3 for number in named[:16]} == {1}, "ร้านก๋วยเตี๋ยวเรือ stands first"
    assert numbers(look(sqlite_client, sort="nonsense")) == numbers(look(sqlite_client))


def test_a_number_that_several_bear_stands_alone_and_is_narrowed(register: Register, client: FlaskClient) -> None:
    fill(register)
    send(register, row("7/2567"), authority=OFFICE)
    send_bare(register, "7/2567", DEPARTMENT, CLINIC)
    both = look(client, q="๗/๒๕๖๗")
    assert set(numbers(both)) == {"7/2567"}
    assert len(numbers(both)) == 3
    assert "Licences with this number" in both.text
    one = client.get(link_with(both, f"authority={OFFICE}"))
    assert numbers(one) == ["7/2567"]
    assert OFFICE in one.text


def test_a_number_leads_to_its_licence_where_that_is_of_the_choice(register: Register, client: FlaskClient) -> None:
    fill(register)
    there = f"/doc/html/lic/{TOWN}/{FOOD}/5~2F2567?lang=en"
    for query in ("๕/๒๕๖๗", f"{BASE}/id/lic/{TOWN}/{FOOD}/5~2F2567"):
        for choice in ({}, {"province": "กรุงเทพฯ"}, {"type": FOOD, "status": "active"}):
            answer = look(client, q=query, **choice)
            assert (answer.status_code, answer.headers.get("Location")) == (303, there), choice
        for choice in ({"province": "ภูเก็ต"}, {"status": "revoked"}, {"province": "กรุงเทพฯ", "authority": OFFICE}):
            answer = look(client, q=query, **choice)
            assert answer.status_code == 200
            assert "outside your choice" in answer.text
            assert numbers(answer) == ["5/2567"]
            assert "Nothing was found" not in answer.text


def test_suggestions_stand_apart_and_only_once(sqlite_register: Register, sqlite_client: FlaskClient) -> None:
    fill(sqlite_register)
    answer = look(sqlite_client, q="เลขที่ 05/67")
    assert "Did you mean" in answer.text
    assert numbers(answer) == ["5/2567"]
    send(sqlite_register, row("0123/2567"))
    answer = look(sqlite_client, q="123/2567")
    assert numbers(answer) == ["0123/2567"]
    assert "Licences in which" not in answer.text


def test_a_ministry_has_the_licences_of_its_authorities(
    register: Register, client: FlaskClient, tmp_path: Path
) -> None:
    (tmp_path / "ministries.toml").write_text(
        re.sub(
            r'level = "(central|regional)"',
            r'level = "\1"\nministry = { th = "กระทรวง ก", en = "Ministry A" }',
            CATALOGUE,
        ),
        encoding="utf-8",
    )
    declare(register, read_catalogue(tmp_path / "ministries.toml"))
    send(register, row("1/2567"))
    send(register, row("2/2567"), authority=OFFICE)
    send_bare(register, "3/2567", DEPARTMENT, CLINIC)
    everything = look(client)
    assert len(numbers(everything)) == 3
    of_ministry = client.get(link_with(everything, "ministry="))
    assert numbers(of_ministry) == ["3/2567", "2/2567"]
    assert "Ministry A" in of_ministry.text
    assert numbers(client.get(link_with(of_ministry, f"authority={OFFICE}"))) == ["2/2567"]
    assert numbers(look(client, ministry="กระทรวง ก", authority=TOWN)) == []
    assert numbers(look(client, ministry="กระทรวง ข")) == []


@pytest.mark.parametrize(
    "asked",
    [
        {"authority": "x-none"},
        {"authority": "'"},
        {"ministry": "x"},
        {"type": "none"},
        {"province": "ไม่มี"},
        {"district": "ไม่มี", "province": "นครพนม"},
        {"status": "<b>"},
        {"activity": "\n"},
        {"finding": "%(x)s"},
        {"type": "\0"},
        {"q": "ไม่มีอยู่จริง"},
    ],
)
def test_what_is_in_no_list_finds_nothing_and_says_what_to_try(
    sqlite_register: Register, sqlite_client: FlaskClient, asked: dict[str, str]
) -> None:
    fill(sqlite_register)
    answer = look(sqlite_client, **asked)
    assert answer.status_code == 200
    assert numbers(answer) == ([] if set(asked.values()) - {"\n", "\0"} else numbers(look(sqlite_client)))
    assert "<b>" not in answer.text
    if not numbers(answer):
        assert "This does not mean that the licence is fake" in answer.text


def test_one_character_is_too_short(sqlite_register: Register, sqlite_client: FlaskClient) -> None:
    fill(sqlite_register)
    assert "Type at least two characters" in look(sqlite_client, q="ร").text
    assert numbers(look(sqlite_client, q="ร")) == []


@pytest.mark.parametrize("cursor", ["x", "W10", "💥", "W\0", "x" * 3000])
def test_a_strange_cursor_is_explained(register: Register, client: FlaskClient, cursor: str) -> None:
    fill(register)
    answer = look(client, q="ร้าน", province="นครพนม", after=cursor)
    assert answer.status_code == 400
    assert answer.content_type.startswith("text/html")
    assert "This page of the list cannot be found" in answer.text
    again = client.get(link_with(answer, f"?q={quote('ร้าน')}&province={quote('นครพนม')}&lang"))
    assert len(numbers(again)) == PAGE
    assert look(client, sort="name", after=_cursor(look(client))).status_code == 400, "a cursor of another order"


def _cursor(answer: TestResponse) -> str:
    return link_with(answer, "after=").partition("after=")[2].partition("&")[0]


@pytest.mark.parametrize("query", ["", "   ", "\u00a0 ", "\0", "\x01\x1b", "\t\n"])
def test_what_nobody_can_see_was_not_typed(sqlite_register: Register, sqlite_client: FlaskClient, query: str) -> None:
    fill(sqlite_register)
    page = look(sqlite_client, q=query)
    assert "All licences" in page.text
    assert "Licences in which" not in page.text
    assert numbers(page) == numbers(look(sqlite_client))
    assert numbers(look(sqlite_client, q=f"{query}แม่โขง{query}")) == numbers(look(sqlite_client, q="แม่โขง")) != []


def test_result_pages_are_for_readers_and_not_for_search_engines(
    sqlite_register: Register, sqlite_client: FlaskClient
) -> None:
    fill(sqlite_register)
    noindex = '<meta name="robots" content="noindex">'
    for asked in ({"q": "ร้าน"}, {"type": FOOD}, {"sort": "name"}, {"after": _cursor(look(sqlite_client))}, {"q": "zz"}):
        assert noindex in look(sqlite_client, **asked).text
    plain = sqlite_client.get("/search?utm_source=x").text
    assert noindex not in plain
    assert f'<link rel="canonical" href="{BASE}/search">' in plain
    narrowed = sqlite_client.get(f"/search?type={FOOD}&x=1&district=ก&sort=newest&lang=en").text
    assert f'<link rel="canonical" href="{BASE}/search?type={FOOD}&amp;district={quote("ก")}&amp;lang=en">' in narrowed


def test_persons_are_in_no_list_by_name(register: Register, client: FlaskClient) -> None:
    person = {"licensee": "นายสมชาย ใจดีมาก", "street": "99 ซอยลับเฉพาะ", "juristic_id": ""}
    send(register, row("8/2567", **person))
    send_bare(register, "9/2567", TOWN, ADVERT, **person)
    assert len(numbers(look(client))) == 2
    for asked in ({}, {"q": "2567"}, {"sort": "name"}, {"type": FOOD}):
        text = look(client, **asked).text
        assert "ใจดีมาก" not in text
        assert "ซอยลับเฉพาะ" not in text
    for words in ("สมชาย", "ลับเฉพาะ"):
        assert numbers(look(client, q=words)) == []
