"""Links to the documents of licences: what may be said of them, and what an address must not tell."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import make_license, make_person_license, make_type
from vocab.access import (
    AccessRefused,
    AccessRights,
    LicenseAccess,
    has_hidden,
    parse_access,
    parse_address,
    tells_hidden,
)
from vocab.authority import Disclosure, FaceField, FaceItem
from vocab.iri import is_citizen_number
from vocab.license import Address, LocalText, Person, Premises

CITIZEN = "1103701234563"
GOOD = "https://www.photak.example.go.th/license/12-2567.pdf"
SHA = "sha256-RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o="


def refused(reason: str, **said: str) -> AccessRefused:
    with pytest.raises(AccessRefused) as raised:
        parse_access(**{"rights": "public", **said})
    assert raised.value.reason == reason, raised.value
    return raised.value


def test_a_public_link_says_where_and_what() -> None:
    found = parse_access(rights="public", download_url=f" {GOOD} ", media_type="Application/PDF; x=1", digest=SHA)
    assert found == LicenseAccess(
        rights=AccessRights.PUBLIC, download_url=GOOD, media_type="application/pdf", digest=SHA
    )
    assert (found.address, found.host) == (GOOD, "www.photak.example.go.th")


def test_letters_of_other_scripts_are_written_by_their_bytes() -> None:
    found = parse_address("https://EXAMPLE.go.th/ใบ/๑.pdf?q=ก#ข#ค", "access_url")
    assert found == "https://example.go.th/%E0%B9%83%E0%B8%9A/%E0%B9%91.pdf?q=%E0%B8%81#%E0%B8%82%23%E0%B8%84"
    assert parse_address(found, "access_url") == found
    assert parse_address("https://ทดสอบ.ไทย/", "access_url") == "https://xn--l3cfk7dp.xn--o3cw4h/"
    assert parse_address("https://a.go.th/100%.pdf", "access_url") == "https://a.go.th/100%25.pdf"


@given(st.text(max_size=60))
def test_whatever_is_read_is_its_own_spelling(text: str) -> None:
    try:
        found = parse_address(f"https://www.example.go.th/{text}", "access_url")
    except AccessRefused:
        return
    assert found.isascii()
    assert parse_address(found, "access_url") == found


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://a.go.th/x.pdf", "https"),
        ("ftp://a.go.th/x.pdf", "address"),
        ("javascript:alert(1)", "address"),
        ("data:application/pdf;base64,AA==", "address"),
        ("//a.go.th/x", "address"),
        ("a.go.th/x.pdf", "address"),
        ("https://", "address"),
        ("https://a.go.th:x/", "address"),
        ("https://a.go.th/a b.pdf", "address"),
        ("https://a.go.th/<b>", "address"),
        ("https://a.go.th/\u202egpj.exe", "address"),
        ("https://a.go.th/" + "x" * 1000, "address"),
        ("https://user:secret@a.go.th/x", "user"),
        ("https://user@a.go.th/x", "user"),
        ("https://localhost/x", "host"),
        ("https://intranet/x", "host"),
        ("https://files.internal/x", "host"),
        ("https://127.0.0.1/x", "host"),
        ("https://10.0.0.1/x", "host"),
        ("https://[::1]/x", "host"),
        ("https://0x7f000001/x", "host"),
        ("https://a.go.th/x?token=abc", "secret"),
        ("https://a.go.th/x?a=1&access_token=abc", "secret"),
        ("https://a.go.th/x#access_token=abc", "secret"),
        ("https://a.go.th/x?api-key=abc", "secret"),
        ("https://a.go.th/x?X-Amz-Signature=abc", "secret"),
        ("https://a.go.th/x?password=abc", "secret"),
        ("https://a.go.th/x;jsessionid=AB12", "secret"),
        ("https://a.go.th/x?PHPSESSID=AB12", "secret"),
        ("https://a.go.th/eyJhbGciOiJub25l.eyJzdWIiOiIxMjM0.x", "secret"),
        (f"https://a.go.th/{CITIZEN}.pdf", "citizen-number"),
        ("https://a.go.th/1-1037-01234-56-3.pdf", "citizen-number"),
        ("https://a.go.th/x?id=%31103701234563", "citizen-number"),
        ("https://a.go.th/x?id=%2531103701234563", "citizen-number"),
        ("https://a.go.th/๑๑๐๓๗๐๑๒๓๔๕๖๓", "citizen-number"),
    ],
)
def test_an_address_that_must_not_be_shown_is_refused(address: str, reason: str) -> None:
    error = refused(reason, access_url=address)
    assert "secret" not in str(error) or reason == "secret"
    assert not is_citizen_number(f"{error} {error.proposed}")
    assert (error.member, error.extra["pointer"]) == ("access_url", "/access_url")


def test_what_can_be_mended_is_proposed() -> None:
    assert is_citizen_number(CITIZEN)
    assert refused("https", access_url="http://a.go.th/x").proposed == "https://a.go.th/x"
    assert refused("address", access_url="https://a.go.th/a b.pdf").proposed == "https://a.go.th/a%20b.pdf"
    assert refused("address", access_url="a.go.th/x.pdf").proposed == "https://a.go.th/x.pdf"
    assert (
        refused(
            "digest", access_url=GOOD, digest="44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
        ).proposed
        == SHA
    )


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"rights": "open", "access_url": GOOD}, "rights"),
        ({"rights": ""}, "rights"),
        ({"rights": "public"}, "no-address"),
        ({"rights": "restricted"}, "no-address"),
        ({"rights": "restricted", "access_url": GOOD, "download_url": GOOD}, "too-much"),
        ({"rights": "restricted", "access_url": GOOD, "digest": SHA}, "too-much"),
        ({"rights": "nonPublic", "access_url": GOOD}, "too-much"),
        ({"rights": "nonPublic", "digest": SHA}, "too-much"),
        ({"access_url": GOOD, "media_type": "pdf"}, "media-type"),
        ({"access_url": GOOD, "digest": "md5-x"}, "digest"),
        ({"access_url": GOOD, "digest": "sha512-" + SHA[7:]}, "digest"),
    ],
)
def test_what_is_said_fits_the_right_of_access(said: dict[str, str], reason: str) -> None:
    refused(reason, **said)


def test_of_what_is_not_public_only_the_existence_is_said() -> None:
    found = parse_access(rights="nonPublic", media_type="application/pdf")
    assert (found.address, found.host) == ("", "")


# What the type does not disclose

MASKED = make_type()
SHOWN = replace(
    MASKED, face=(FaceItem(field=FaceField.LICENSEE, label=LocalText(th="ก"), disclosure=Disclosure.PUBLIC),)
)
PERSON = replace(
    make_person_license(),
    licensees=(Person(name=LocalText(th="นายกฤษณพงศ์ วรรณสมบูรณ์", en="Mr Kritsanaphong Wannasomboon")),),
    premises=(
        Premises(
            address=Address(street="99/8712 ซอยซ่อนเร้น", district="อำเภอเมือง", province="นครพนม", postal_code="48713")
        ),
    ),
)


@pytest.mark.parametrize(
    "address",
    [
        "https://a.go.th/กฤษณพงศ์.pdf",
        "https://a.go.th/x?name=%E0%B8%81%E0%B8%A4%E0%B8%A9%E0%B8%93%E0%B8%9E%E0%B8%87%E0%B8%A8%E0%B9%8C",
        "https://a.go.th/Kritsanaphong_W.pdf",
        "https://wannasomboon.example.com/license.pdf",
        "https://a.go.th/K-r-i-t-s-a-n-a-p-h-o-n-g.pdf",
        "https://a.go.th/99-8712.pdf",
        "https://a.go.th/ซ่อนเร้น/1.pdf",
        "https://a.go.th/48713/1.pdf",
    ],
)
def test_an_address_that_tells_what_is_hidden_is_known(address: str) -> None:
    access = parse_access(rights="public", access_url=address)
    assert tells_hidden(access, PERSON, MASKED)
    company = make_license()
    assert not has_hidden(company, MASKED)
    assert not tells_hidden(access, company, MASKED)


@pytest.mark.parametrize(
    "address", [GOOD, "https://a.go.th/487130/1.pdf", "https://a.go.th/nakhonphanom/1.pdf", "https://a.go.th/นครพนม"]
)
def test_an_address_that_tells_nothing_is_let_through(address: str) -> None:
    assert has_hidden(PERSON, MASKED)
    assert not tells_hidden(parse_access(rights="public", access_url=address), PERSON, MASKED)


def test_a_name_that_is_public_may_stand_in_an_address() -> None:
    access = parse_access(rights="public", access_url="https://a.go.th/กฤษณพงศ์.pdf")
    assert not tells_hidden(access, replace(PERSON, premises=()), SHOWN)
