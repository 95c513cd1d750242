"""The list of provinces: each figure is that of the list to which it leads; names are in the reader's language."""

import html
import re

import pytest
from flask.testing import FlaskClient

from registry.register import Register
from tests.registry.small import Clock, act, row, send
from vocab.area import province_called, provinces
from vocab.history import ActKind
from vocab.license import LocalText
from vocab.thai import in_thai_order


def fill(register: Register) -> None:
    send(
        register,
        *(row(f"{number}/2567", province="จังหวัดเลย", district="เมือง") for number in (1, 2, 3)),
        row("4/2567", expires_on="2025-01-01"),
        row("5/2567", province="กรุงเทพฯ"),
        row("6/2567", province="Montana"),
        row("7/2567", province=""),
    )
    act(register, "2/2567", ActKind.SUSPEND)


def listed(page: str) -> list[tuple[str, str, str, str]]:
    """Code, name, licences, and how many of them are in force."""
    found = re.findall(
        r'<a href="/doc/html/area/(\d\d)[^"]*"><bdi>([^<]*)</bdi></a> <span class="count">\s*(\d+) [^<]*<br>\D*(\d+)',
        page,
    )
    return [tuple(each) for each in found]


def test_each_province_has_its_figures(register: Register, client: FlaskClient, clock: Clock) -> None:
    fill(register)
    english = client.get("/doc/html/area?lang=en").text
    assert listed(english) == [
        ("10", "Bangkok", "1", "1"),
        ("42", "Loei", "3", "2"),
        ("48", "Nakhon Phanom", "1", "0"),
    ]
    thai = client.get("/doc/html/area").text
    assert [name for _, name, *_ in listed(thai)] == ["กรุงเทพมหานคร", "นครพนม", "เลย"], "as a dictionary has them"
    assert "Licences that name no province, or none of the 77: 2" in english
    assert len(re.findall(r'href="/doc/html/area/\d\d"', thai)) == 77
    for code, _, licenses, in_force in listed(english):
        own = client.get(f"/doc/html/area/{code}?lang=en").text
        assert f'<p class="soft">\n{licenses} licence' in own.replace('<p class="soft">', '<p class="soft">\n')
        (to_list,) = re.findall(r'<a class="button" href="([^"]*)"', own)
        assert client.get(html.unescape(to_list)).text.count('<li class="card">') == int(licenses)
        active = client.get(html.unescape(to_list) + "&status=active").text
        assert active.count('<li class="card">') == int(in_force)
    send(register, row("8/2567", province="เลย"))
    clock.pass_by(minutes=1)
    assert ("42", "Loei", "4", "3") in listed(client.get("/doc/html/area?lang=en").text)


def test_a_register_without_licences_has_the_list(client: FlaskClient) -> None:
    page = client.get("/doc/html/area?lang=en").text
    assert "No licence here names a province." in page
    assert len(re.findall(r'href="/doc/html/area/\d\d\?', page)) == 77


def test_english_pages_show_english_names_of_provinces(sqlite_register: Register, sqlite_client: FlaskClient) -> None:
    fill(sqlite_register)
    english = sqlite_client.get("/search?lang=en").text
    assert "Loei" in english
    assert "Nakhon Phanom" in english
    chosen = sqlite_client.get("/search?lang=en&province=เลย").text
    assert "Province: <strong><bdi>Loei</bdi></strong>" in chosen
    assert "จังหวัด: <strong><bdi>เลย</bdi></strong>" in sqlite_client.get("/search?province=เลย").text
    assert '<bdi lang="th">Montana</bdi>' in english, "what is none of the 77 stays as it is"


def test_search_engines_and_the_front_page_lead_there(sqlite_client: FlaskClient) -> None:
    part = sqlite_client.get("/sitemap/catalogue.xml").text
    assert "/doc/html/area</loc>" in part
    assert all(f"/doc/html/area/{code}</loc>" in part for code in provinces())
    assert 'href="/doc/html/area?lang=en"' in sqlite_client.get("/?lang=en").text


@pytest.mark.parametrize(
    ("name", "th", "en"),
    [
        ("เลย", "เลย", "Loei"),
        ("จังหวัดเลย", "เลย", "Loei"),
        ("loei", "เลย", "Loei"),
        ("Montana", "Montana", ""),
    ],
)
def test_a_province_is_called_in_both_languages(name: str, th: str, en: str) -> None:
    assert province_called(name) == LocalText(th=th, en=en)


def test_thai_names_are_in_the_order_of_a_dictionary() -> None:
    names = ["เลย", "ลำปาง", "ลำพูน", "แพร่", "พะเยา", "โกสุม", "กาฬสินธุ์", "ไทย", "ตาก"]
    assert sorted(names, key=in_thai_order) == ["กาฬสินธุ์", "โกสุม", "ตาก", "ไทย", "พะเยา", "แพร่", "ลำปาง", "ลำพูน", "เลย"]
