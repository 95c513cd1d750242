"""`/verify`: one field for all that somebody may have. It never shows a licence that what was given does not prove to name."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from issuers.compact import draft_compact, sealed_code
from issuers.keys import KeyPurpose
from issuers.qr import qr_address
from registry.app import create_app
from registry.config import Settings
from registry.intake.undo import undo_batch
from registry.keyring import keys_of, signer
from registry.places import Places
from registry.presented.found import MAX_FILE_BYTES, MOST_FOUND
from registry.register import Register
from registry.rekeying import compromise
from registry.tokens import TokenScope, new_token
from registry.web import wording
from registry.web.check import MOST_SEEN
from registry.web.maps import map_address
from tests.codes import code_signer
from tests.registry.codes import code_of
from tests.registry.sheets import photo, sheet
from tests.registry.small import (
    BASE,
    FOOD,
    OFFICE,
    TODAY,
    TOWN,
    Clock,
    act,
    current_credential,
    find,
    iri,
    row,
    send,
)
from verify.compact import to_digits
from vocab.disclosure import disclosed
from vocab.history import ActKind
from vocab.license import Premises

ONE, OTHER = "1/2567", "2/2567"
FACE = "Compare with this place"
SHOP = "ร้านของใบที่หนึ่ง"
OTHER_SHOP = "ร้านของใบที่สอง"


@pytest.fixture
def licences(sqlite_register: Register) -> Register:
    send(
        sqlite_register,
        row(ONE, premises=SHOP, street="1 หมู่ 2", district="เมือง"),
        row(OTHER, premises=OTHER_SHOP),
    )
    return sqlite_register


def ask(client: FlaskClient, text: str) -> TestResponse:
    return client.post("/verify?lang=en", data={"text": text})


def upload(client: FlaskClient, raw: bytes, name: str = "x") -> TestResponse:
    return client.post("/verify?lang=en", data={"file": (BytesIO(raw), name)})


def saw(client: FlaskClient, first: str, *others: str) -> TestResponse:
    """What a camera posts that saw several codes in one picture."""
    return client.post("/verify?lang=en", data={"text": first, "beside": list(others)})


def band(page: str) -> tuple[str, str]:
    """The colour class and the words that a reader sees first."""
    found = re.search(r'<div class="band (\w+)">.*?<p class="words">([^<]*)</p>', page, re.DOTALL)
    assert found is not None
    return found[1], found[2]


def shows_a_face(page: str) -> bool:
    page = re.sub(r'<input type="hidden"[^>]*>', "", page)
    return FACE in page or SHOP in page or OTHER_SHOP in page or "/doc/html/lic/" in page


# Where it leads


@pytest.mark.parametrize("typed", [ONE, "๑/๒๕๖๗", "ร้านของใบที่หนึ่ง"])
def test_words_and_numbers_are_searched_for(sqlite_client: FlaskClient, licences: Register, typed: str) -> None:
    answer = ask(sqlite_client, f" {typed} ")
    assert answer.status_code == 303
    found = sqlite_client.get(answer.headers["Location"], follow_redirects=True)
    assert found.status_code == 200
    assert SHOP in found.text
    assert "lang=en" in answer.headers["Location"]


def test_addresses_of_ours_lead_to_their_licence(sqlite_client: FlaskClient, licences: Register) -> None:
    check_id = find(licences, ONE).check_id
    for given in (f"{BASE}/C/{check_id}", qr_address(BASE, check_id), f"{BASE}/c/{check_id.lower()}"):
        assert ask(sqlite_client, given).headers["Location"] == f"/C/{check_id}?lang=en"
    for given in (str(iri(ONE)), f"{BASE}/doc/html/lic/{iri(ONE).tail}", f"registry.example.go.th/C/{check_id}"):
        answer = sqlite_client.post("/verify", data={"text": given}, follow_redirects=True)
        assert (answer.status_code, answer.request.path) == (200, f"/doc/html/lic/{iri(ONE).tail}")
    unknown = sqlite_client.post("/verify?lang=en", data={"text": f"{BASE}/C/{'0' * 26}"}, follow_redirects=True)
    assert unknown.status_code == 404
    assert "Do not rely on it until the authority has confirmed it" in unknown.text


def test_nothing_and_two_things_are_explained(sqlite_client: FlaskClient) -> None:
    assert "Type a number or name" in ask(sqlite_client, "  ").text
    both = sqlite_client.post("/verify?lang=en", data={"text": "1", "file": (BytesIO(b"{}"), "x")})
    assert "Send one of the two" in both.text


# What is proven


def test_a_code_shows_the_whole_face_of_its_licence_and_no_other(
    sqlite_client: FlaskClient, licences: Register
) -> None:
    page = ask(sqlite_client, code_of(licences, ONE)).text
    assert band(page) == ("good", "In force")
    assert "This is the code of the licence" in page
    assert FACE in page
    assert SHOP in page
    assert OTHER_SHOP not in page
    for line in ("Genuine?", "In force?", "As of when?", "Not checked"):
        assert f"<dt>{line}</dt>" in page
    assert f"/report/lic/{iri(ONE).tail}" in page
    # Only an address to follow: nothing is loaded from there.
    assert re.findall(r'(?:src|href)="(https?://[^"]*)"', page.partition("<main")[2]) == [
        "https://www.openstreetmap.org/search?query=1+%E0%B8%AB%E0%B8%A1%E0%B8%B9%E0%B9%88+2"
        "+%E0%B8%AD%E0%B8%B3%E0%B9%80%E0%B8%A0%E0%B8%AD%E0%B9%80%E0%B8%A1%E0%B8%B7%E0%B8%AD%E0%B8%87"
        "+%E0%B8%88%E0%B8%B1%E0%B8%87%E0%B8%AB%E0%B8%A7%E0%B8%B1%E0%B8%94%E0%B8%99%E0%B8%84%E0%B8%A3%E0%B8%9E%E0%B8%99%E0%B8%A1"
    ]
    assert page.count('rel="external nofollow noopener noreferrer"') == 1


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_photo_of_a_code_is_answered_as_the_code(sqlite_client: FlaskClient, licences: Register, form: str) -> None:
    page = upload(sqlite_client, photo(code_of(licences, ONE), form=form)).text
    assert band(page) == ("good", "In force")
    assert SHOP in page


def test_a_credential_shows_its_licence(sqlite_client: FlaskClient, licences: Register) -> None:
    credential = current_credential(licences, ONE)
    for page in (ask(sqlite_client, credential.decode()).text, upload(sqlite_client, credential).text):
        assert band(page) == ("good", "In force")
        assert "The file is the credential of the licence" in page
        assert SHOP in page
        assert OTHER_SHOP not in page


def test_a_pdf_is_answered_by_what_is_attached_to_it_or_by_its_code(
    sqlite_client: FlaskClient, licences: Register
) -> None:
    code, credential = code_of(licences, ONE), current_credential(licences, ONE)
    for raw in (sheet([code]), sheet([], {"l.json": credential}), sheet([code], {"l.json": credential})):
        page = upload(sqlite_client, raw).text
        assert band(page) == ("good", "In force")
        assert SHOP in page


def test_a_poster_is_answered_by_what_it_says(sqlite_client: FlaskClient, licences: Register) -> None:
    poster = sqlite_client.get(f"/poster/{find(licences, ONE).check_id}.pdf")
    assert poster.status_code == 200
    page = upload(sqlite_client, poster.data).text
    assert band(page) == ("good", "In force")
    assert SHOP in page


def test_a_pdf_that_contradicts_itself_is_two_questions(sqlite_client: FlaskClient, licences: Register) -> None:
    code, credential = code_of(licences, ONE), current_credential(licences, OTHER)
    page = upload(sqlite_client, sheet([code], {"l.json": credential})).text
    assert "More than one code was found" in page
    assert not shows_a_face(page)
    asked = [text.replace("&#34;", '"') for text in re.findall(r'name="text" value="([^"]*)"', page)]
    assert asked[:2] == [credential.decode(), code]


def test_several_codes_are_chosen_from(sqlite_client: FlaskClient, licences: Register) -> None:
    page = upload(sqlite_client, photo(code_of(licences, ONE), code_of(licences, OTHER))).text
    assert "More than one code was found" in page
    assert page.count("Check this one") == 2
    assert not shows_a_face(page)


def assert_told_of_another(page: str) -> None:
    assert band(page) == ("wait", "There is another code in this picture or file")
    assert '<bdi class="foreign">elsewhere.example</bdi> (not opened)' in page
    assert "elsewhere.example" not in "".join(re.findall(r'(?:href|src|action)="([^"]*)"', page)).lower()


def test_a_code_of_others_beside_ours_is_told_before_the_answer(sqlite_client: FlaskClient, licences: Register) -> None:
    code, elsewhere = code_of(licences, ONE), "HTTPS://ELSEWHERE.EXAMPLE/PAY"
    attached = sheet([elsewhere], {"l.json": current_credential(licences, ONE)})
    for raw in (photo(elsewhere, code), photo(code, elsewhere), sheet([code, elsewhere]), attached):
        page = upload(sqlite_client, raw).text
        assert_told_of_another(page)
        told, _, answer = page.partition('class="verdict overruled"')
        assert "In force" not in told.partition("<main")[2]
        assert band(answer) == ("good", "In force")
        assert SHOP in answer


def test_what_a_camera_saw_together_is_answered_as_its_photo(sqlite_client: FlaskClient, licences: Register) -> None:
    code, address = code_of(licences, ONE), code_of(licences, OTHER).partition("#")[0]
    for texts in (
        (code, "HTTPS://ELSEWHERE.EXAMPLE/PAY"),
        ("HTTPS://ELSEWHERE.EXAMPLE/PAY", code),
        (code, code_of(licences, OTHER)),
        (code, flipped(code, -4), "HTTPS://ELSEWHERE.EXAMPLE/PAY"),
        (address, "HTTPS://ELSEWHERE.EXAMPLE/PAY"),
        ("HTTPS://ONE.EXAMPLE/", "HTTPS://TWO.EXAMPLE/"),
        (code, ONE),
    ):
        seen = saw(sqlite_client, *texts)
        assert seen.text.partition("<main")[2] == upload(sqlite_client, photo(*texts)).text.partition("<main")[2]
    # One thing alone is answered as ever, however often it was seen.
    assert saw(sqlite_client, code, code, " ").text == ask(sqlite_client, code).text
    assert saw(sqlite_client, address, address).status_code == 303


def test_more_codes_than_a_camera_tells_of_are_not_looked_at(sqlite_client: FlaskClient, licences: Register) -> None:
    code, others = code_of(licences, ONE), [f"HTTPS://E{n}.EXAMPLE/" for n in range(MOST_SEEN)]
    assert_told_of_another(saw(sqlite_client, code, "HTTPS://ELSEWHERE.EXAMPLE/PAY", *others[2:]).text)
    page = saw(sqlite_client, code, *others).text
    assert "There were too many codes in the picture, and nothing was checked." in page
    assert not shows_a_face(page)
    with_file = {"beside": code, "file": (BytesIO(b"{}"), "x")}
    assert "Send one of the two" in sqlite_client.post("/verify?lang=en", data=with_file).text


def test_an_address_of_ours_beside_a_code_of_others_is_chosen(sqlite_client: FlaskClient, licences: Register) -> None:
    page = upload(sqlite_client, photo(code_of(licences, ONE).partition("#")[0], "HTTPS://ELSEWHERE.EXAMPLE/PAY")).text
    assert_told_of_another(page)
    assert page.count("Check this one") == 1
    assert "nothing signed" in page


def forms(page: str) -> list[dict[str, list[str]]]:
    """What each form of a choice sends."""
    found = []
    for form in re.findall(r'<form action="/verify[^"]*" method="post">.*?</form>', page, re.DOTALL):
        sent: dict[str, list[str]] = {}
        for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form):
            sent.setdefault(name, []).append(unescape(value))
        found.append(sent)
    return found


def test_what_is_chosen_is_answered_beside_the_codes_of_others(sqlite_client: FlaskClient, licences: Register) -> None:
    code, other, elsewhere = code_of(licences, ONE), code_of(licences, OTHER), "HTTPS://ELSEWHERE.EXAMPLE/PAY"
    credential = current_credential(licences, OTHER)
    several = {
        "seen": saw(sqlite_client, code, other, elsewhere),
        "photo": upload(sqlite_client, photo(code, other, elsewhere)),
        "pdf": upload(sqlite_client, sheet([code, elsewhere], {"l.json": credential})),
    }
    for how, first in several.items():
        choice = forms(first.text)
        assert len(choice) == 2, how
        assert {each["text"][0] for each in choice} == {code, credential.decode() if how == "pdf" else other}
        for sent in choice:
            page = sqlite_client.post("/verify?lang=en", data=sent).text
            assert_told_of_another(page)
            told, _, answer = page.partition('class="verdict overruled"')
            assert "In force" not in told.partition("<main")[2]
            assert band(answer) == ("good", "In force")
            assert (SHOP in answer) == (sent["text"] == [code]), how


def test_as_many_are_chosen_from_as_a_file_holds(sqlite_client: FlaskClient, licences: Register) -> None:
    code, other = code_of(licences, ONE), code_of(licences, OTHER)
    elsewhere = ["HTTPS://ELSEWHERE.EXAMPLE/PAY", *(f"HTTPS://E{n}.EXAMPLE/" for n in range(MOST_FOUND - 1))]
    told = sqlite_client.post("/verify?lang=en", data={"text": code, "beside": elsewhere, "chosen": "1"}).text
    assert_told_of_another(told)
    assert SHOP in told
    more = {"text": code, "beside": [*elsewhere, "HTTPS://MORE.EXAMPLE/"], "chosen": "1"}
    assert "There were too many codes" in sqlite_client.post("/verify?lang=en", data=more).text
    # Nothing else becomes an answer by being called chosen.
    for text, beside in (
        (code, other),
        ("HTTPS://ELSEWHERE.EXAMPLE/PAY", code),
        ("HTTPS://ELSEWHERE.EXAMPLE/PAY", ONE),
    ):
        as_chosen = sqlite_client.post("/verify?lang=en", data={"text": text, "beside": beside, "chosen": "1"}).text
        assert as_chosen == saw(sqlite_client, text, beside).text


def test_an_address_is_led_on_once_it_is_chosen(sqlite_client: FlaskClient, licences: Register) -> None:
    address = code_of(licences, ONE).partition("#")[0]
    (sent,) = forms(saw(sqlite_client, address, "HTTPS://ELSEWHERE.EXAMPLE/PAY").text)
    answer = sqlite_client.post("/verify?lang=en", data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/C/{find(licences, ONE).check_id}?lang=en")


def test_no_code_of_others_is_shown_as_another(sqlite_client: FlaskClient, licences: Register) -> None:
    code, base = code_of(licences, ONE), BASE.partition("://")[2]
    turned, long = f"https://\u202e{base[::-1]}/C/x", f"{BASE}{'a' * 400}@evil.example/"
    for text, shown in ((turned, f"&lt;U+202E&gt;{base[::-1]}"), (long, "evil.example")):
        assert f'<p class="foreign"><bdi>{shown}</bdi></p>' in ask(sqlite_client, text).text
        assert f'It leads to <bdi class="foreign">{shown}</bdi>' in saw(sqlite_client, code, text).text
    for text, shown in (
        ("\u200b\u200b", "&lt;U+200B&gt;&lt;U+200B&gt;"),
        ("pay \u202emoc.live", "pay &lt;U+202E&gt;moc.live"),
        ("1" * 400, "1" * 300 + "…"),
    ):
        page = saw(sqlite_client, code, text).text
        assert f'It holds <bdi class="foreign">{shown}</bdi>' in page
        assert f"<bdi>{shown}</bdi>" in saw(sqlite_client, text, "other words").text
    page = saw(sqlite_client, f"{BASE}/\u202ex", "HTTPS://ELSEWHERE.EXAMPLE/PAY").text
    assert f"<bdi>{BASE}/&lt;U+202E&gt;x</bdi>" in page


def test_all_codes_of_others_are_named(sqlite_client: FlaskClient) -> None:
    page = upload(sqlite_client, photo("HTTPS://ONE.EXAMPLE/", "HTTPS://TWO.EXAMPLE/")).text
    assert band(page) == ("bad", "Not a code of this registry")
    assert "one.example" in page
    assert "two.example" in page


def test_what_is_chosen_from_is_named_by_what_it_proved_to_be(sqlite_client: FlaskClient, licences: Register) -> None:
    code, credential = code_of(licences, ONE), current_credential(licences, ONE)
    altered = credential.replace(ONE.encode(), OTHER.encode())
    attached = {"a.json": altered, "b.json": b'{"pages": 1}', "c.json": credential, "d.json": credential}
    page = upload(sqlite_client, sheet([flipped(code, -4)], attached)).text
    assert page.count("Check this one") == 4, "the same one twice is one"
    assert page.count("The signed licence that is attached to the file") == 1
    assert f"attached to the file: <bdi>{ONE}</bdi>" in page
    assert "An attached file that is not genuine" in page
    assert "An attached file that could not be checked" in page
    assert "A code in the picture or file that is not genuine" in page


# As people copy it


@pytest.mark.parametrize(
    "spell",
    [
        lambda address, digits: f"{address.replace('HTTPS://', 'HTTP://')}#{digits}",
        lambda address, digits: f"{address.lower()}#{digits}",
        lambda address, digits: f"{address}/#{digits}",
        lambda address, digits: f"{address}?lang=en#{digits}",
        lambda address, digits: f"{address} #{digits}",
        lambda address, digits: f"{address}#{digits[:70]}\r\n{digits[70:140]}\n  {digits[140:]}",
        lambda address, digits: f"{address[:12]}\u200b{address[12:]}\n#{digits}",
    ],
    ids=["http", "small letters", "slash", "language", "blank", "lines", "invisible"],
)
def test_a_code_is_read_in_the_spelling_that_is_signed(
    sqlite_client: FlaskClient, licences: Register, spell: Callable[[str, str], str]
) -> None:
    address, _, digits = code_of(licences, ONE).partition("#")
    page = ask(sqlite_client, spell(address, digits)).text
    assert band(page) == ("good", "In force")
    assert SHOP in page
    forged = ask(sqlite_client, spell(address, flipped(digits, -4))).text
    assert band(forged)[1] == "Not genuine"
    assert not shows_a_face(forged)


def test_an_address_of_this_host_leads_to_its_licence(sqlite_client: FlaskClient, licences: Register) -> None:
    check_id = find(licences, ONE).check_id
    for typed, location in (
        (f"http://localhost/C/{check_id}", f"/C/{check_id}?lang=en"),
        (f"http://localhost/c/{check_id.lower()}?lang=th#123", f"/C/{check_id}?lang=en#123"),
    ):
        assert ask(sqlite_client, typed).headers["Location"] == location
    page = sqlite_client.post(
        "/verify", data={"text": f"http://localhost/doc/html/lic/{iri(ONE).tail}"}, follow_redirects=True
    )
    assert page.request.path == f"/doc/html/lic/{iri(ONE).tail}"
    assert band(ask(sqlite_client, f"http://127.0.0.1:1/C/{check_id}").text)[1] == "Not a code of this registry"


def test_a_text_file_with_a_code_is_read_as_pasted(sqlite_client: FlaskClient, licences: Register) -> None:
    code = code_of(licences, ONE)
    for raw in (code.encode(), b"\xef\xbb\xbf" + code.encode() + b"\r\n"):
        assert band(upload(sqlite_client, raw, "code.txt").text) == ("good", "In force")
    assert band(upload(sqlite_client, b"https://evil.example/", "x.txt").text)[1] == "Not a code of this registry"


@pytest.mark.parametrize(
    "text", ["1" * 5_000, "x" * 5_000, '{"a":' * 60 + "1" + "}" * 60, "[" * 500, '{"a": 1, "a": 2}', '{"a": NaN}']
)
def test_what_is_no_credential_is_not_called_false(sqlite_client: FlaskClient, text: str) -> None:
    for page in (ask(sqlite_client, text).text, upload(sqlite_client, text.encode()).text):
        assert band(page) == ("wait", "Not a credential")
        assert "This is no code and no credential of a licence. Nothing was checked." in page


def test_a_text_that_is_too_long_is_called_a_text(sqlite_client: FlaskClient) -> None:
    text = "1" * (3 << 20)
    parts = f'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n{text}\r\n--x--\r\n'
    kind = "multipart/form-data; boundary=x"
    pasted = sqlite_client.post("/verify?lang=en", data=parts.encode(), content_type=kind)
    for answer in (ask(sqlite_client, text), pasted):
        assert answer.status_code == 413
        assert "The text is too long" in answer.text
        assert "12 MB" not in answer.text.partition('role="alert" ')[2].partition("</p>")[0]


# What is not proven shows no licence


def flipped(code: str, at: int) -> str:
    digit = code[at]
    return code[:at] + ("1" if digit != "1" else "2") + code[at + 1 :]


FORGERIES: dict[str, Callable[[Register], str]] = {
    "another's address": lambda register: (
        code_of(register, OTHER).partition("#")[0] + "#" + code_of(register, ONE).partition("#")[2]
    ),
    "a digit at the beginning": lambda register: flipped(code_of(register, ONE), code_of(register, ONE).index("#") + 6),
    "a digit in the middle": lambda register: flipped(code_of(register, ONE), -300),
    "a digit at the end": lambda register: flipped(code_of(register, ONE), -4),
    "cut off": lambda register: code_of(register, ONE)[:-17],
    "no code at all": lambda register: code_of(register, ONE).partition("#")[0] + "#12345",
    "letters": lambda register: code_of(register, ONE).partition("#")[0] + "#abc",
    "an id that is none": lambda register: f"{BASE}/C/x#{code_of(register, ONE).partition('#')[2]}",
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_code_shows_no_licence(sqlite_client: FlaskClient, licences: Register, name: str) -> None:
    forged = FORGERIES[name](licences)
    page = ask(sqlite_client, forged).text
    assert band(page)[1] == "Not genuine"
    assert not shows_a_face(page)
    assert "Do not rely on this sign or document" in page
    answer = sqlite_client.post("/codes/verify", json={"code": forged})
    assert (answer.status_code, answer.get_json()["verified"]) == (400, False)


def test_a_code_of_a_key_that_nobody_has_shows_no_licence(sqlite_client: FlaskClient, licences: Register) -> None:
    record = find(licences, ONE)
    with licences.database.reading() as session:
        public = disclosed(record.license, licences.store(session).require_license_type(FOOD))
    said = draft_compact(public, status=(1, 0), made=licences.now())
    body = sealed_code(said, BASE, record.check_id, code_signer(name="stranger"))
    page = ask(sqlite_client, f"{qr_address(BASE, record.check_id)}#{to_digits(body)}").text
    assert band(page)[1] == "Not genuine"
    assert not shows_a_face(page)


def test_a_code_that_was_signed_for_the_wrong_address_shows_no_licence(
    sqlite_client: FlaskClient, licences: Register
) -> None:
    # Only the authority itself could do that; its signature is right, and two licences are named.
    record, other = find(licences, ONE), find(licences, OTHER)
    with licences.database.writing() as session:
        public = disclosed(record.license, licences.store(session).require_license_type(FOOD))
        _, key = signer(licences, session, TOWN, KeyPurpose.QR)
    said = draft_compact(public, status=(1, 0), made=licences.now())
    address = qr_address(BASE, other.check_id)
    page = ask(sqlite_client, f"{address}#{to_digits(sealed_code(said, BASE, other.check_id, key))}").text
    assert "not for the address that it leads to" in page
    assert not shows_a_face(page)


def test_a_code_of_another_authority_names_its_own_licence_only(sqlite_client: FlaskClient, licences: Register) -> None:
    send(licences, row(ONE, premises="ร้านของอีกหน่วยงาน"), authority=OFFICE)
    record = iri(ONE, authority=OFFICE)
    swapped = qr_address(BASE, find(licences, record).check_id) + "#" + code_of(licences, ONE).partition("#")[2]
    page = ask(sqlite_client, swapped).text
    assert band(page)[1] == "Not genuine"
    assert "ร้านของอีกหน่วยงาน" not in page
    assert not shows_a_face(page)


def test_a_code_of_a_revoked_key_shows_no_licence(sqlite_client: FlaskClient, licences: Register) -> None:
    code = code_of(licences, ONE)
    (key,) = [key for key in keys_of(licences, TOWN) if key.purpose is KeyPurpose.QR]
    compromise(licences, TOWN, str(key.number), licences.now())
    page = ask(sqlite_client, code).text
    assert band(page)[1] == "Not genuine"
    assert not shows_a_face(page)


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said.replace(ONE, OTHER),
        lambda said: said.replace(iri(ONE).tail, iri(OTHER).tail),
        lambda said: json.dumps({**json.loads(said), "proof": {}}),
        lambda said: json.dumps({**json.loads(said), "credentialSubject": {"id": str(iri(OTHER))}}),
    ],
    ids=["its number", "its address", "no proof", "another subject"],
)
def test_an_altered_credential_shows_no_licence(
    sqlite_client: FlaskClient, licences: Register, change: Callable[[str], str]
) -> None:
    altered = change(current_credential(licences, ONE).decode())
    for page in (ask(sqlite_client, altered).text, upload(sqlite_client, sheet([], {"l.json": altered.encode()})).text):
        assert band(page)[1] == "Not genuine"
        assert not shows_a_face(page)


@pytest.mark.parametrize(
    "text",
    [
        f"{BASE}.evil.example/C/5SX3V8QK2M7RATC9YBD4EWGHJN#123",
        f"{BASE}@evil.example/C/5SX3V8QK2M7RATC9YBD4EWGHJN#123",
        "https://evil.example/verify?q=1",
    ],
)
def test_a_foreign_code_is_named_in_full_and_led_to_from_nowhere(
    sqlite_client: FlaskClient, licences: Register, text: str
) -> None:
    host = text.partition("://")[2].partition("/")[0].rpartition("@")[2]
    pages = [ask(sqlite_client, text).text]
    if "@" not in text and "?" not in text:
        # Our own maker of codes has no other letters.
        pages.append(upload(sqlite_client, photo(text.upper())).text)
    for page in pages:
        assert band(page) == ("bad", "Not a code of this registry")
        assert f'<p class="foreign"><bdi>{host}</bdi></p>' in page
        assert "evil.example" not in "".join(re.findall(r'(?:href|src|action)="([^"]*)"', page))
        assert not shows_a_face(page)


def test_a_foreign_address_with_an_id_of_ours_shows_no_licence(sqlite_client: FlaskClient, licences: Register) -> None:
    page = ask(sqlite_client, f"https://evil.example/C/{find(licences, ONE).check_id}").text
    assert band(page) == ("bad", "Not a code of this registry")
    assert not shows_a_face(page)


def test_a_code_that_is_no_address_is_shown_as_it_is(sqlite_client: FlaskClient) -> None:
    page = upload(sqlite_client, photo("00020101021129370016")).text
    assert band(page) == ("bad", "Not a code of this registry")
    assert "00020101021129370016" in page


# What it says of each state


def revoke(register: Register) -> None:
    act(register, ONE, ActKind.REVOKE)


def suspend(register: Register) -> None:
    act(register, ONE, ActKind.SUSPEND)


def surrender(register: Register) -> None:
    act(register, ONE, ActKind.SURRENDER)


def supersede(register: Register) -> None:
    act(register, ONE, ActKind.RENEW, successor=iri(OTHER))


def amend(register: Register) -> None:
    send(register, row(ONE, premises="ร้านชื่อใหม่"))


STATES: dict[str, tuple[Callable[[Register], None], str, str, str]] = {
    "revoked": (revoke, "bad", "Revoked", "tell the authority if it is still displayed"),
    "suspended": (suspend, "bad", "Suspended", "Do not rely on it until the authority says otherwise"),
    "surrendered": (surrender, "bad", "Given up by the licensee", "tell the authority if it is still displayed"),
    "superseded": (supersede, "wait", "Replaced by a new licence", "look at the new licence instead"),
    "amended": (amend, "wait", "An older copy of this licence", "ask for the new one"),
}


@pytest.mark.parametrize("name", STATES)
def test_what_was_decided_since_is_said_of_an_old_code_and_credential(
    sqlite_client: FlaskClient, licences: Register, name: str
) -> None:
    code, credential = code_of(licences, ONE), current_credential(licences, ONE)
    decide, tone, words, advice = STATES[name]
    decide(licences)
    for page in (ask(sqlite_client, code).text, ask(sqlite_client, credential.decode()).text):
        assert band(page) == (tone, words)
        assert advice in page
        assert "<strong>Genuine</strong>" in page
        assert FACE in page, "what holds now is compared with"
        assert ("ร้านชื่อใหม่" in page) == (name == "amended")


def test_days_are_said_of_a_code(sqlite_client: FlaskClient, licences: Register, clock: Clock) -> None:
    code = code_of(licences, ONE)
    clock.go_to(TODAY.replace(year=2028))
    page = ask(sqlite_client, code).text
    assert band(page) == ("bad", "Expired")
    assert "Do not rely on it: ask the licensee" in page
    send(licences, row("3/2567", valid_from="2029-01-01", expires_on="2030-01-01"))
    page = ask(sqlite_client, code_of(licences, "3/2567")).text
    assert band(page) == ("wait", "Not yet in force")
    assert "Do not rely on it before that day" in page
    send(licences, row("4/2567", expires_on=""))
    page = ask(sqlite_client, code_of(licences, "4/2567")).text
    assert band(page) == ("wait", "Not known whether in force")
    assert "Ask the authority before you rely on it" in page


def test_the_first_day_stands_before_the_last_one(sqlite_client: FlaskClient, sqlite_register: Register) -> None:
    send(sqlite_register, row(ONE, valid_from="2029-01-01", expires_on="2030-01-01"))
    face = ask(sqlite_client, code_of(sqlite_register, ONE)).text.partition(FACE)[2]
    assert 0 < face.index("2029-01-01") < face.index("2030-01-01")


def test_every_state_says_what_to_do() -> None:
    for status, meaning in wording.MEANING.items():
        if status not in {"active", "not-examined"}:
            assert re.search(r"[Dd]o not|Ask|Look|look", meaning), status


# What cannot be read


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (photo(), "No code was found in the picture"),
        (sheet(), "Neither a code nor a signed licence"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 50, "Make a screenshot of it"),
        (b"GIF89a", "Send a JPEG, PNG or WebP"),
        (photo("X" * 50)[:300], "The picture is damaged"),
        (b"%PDF-1.7", "The PDF is damaged"),
        (sheet(password="x"), "protected by a password"),
    ],
    ids=["no code", "an empty PDF", "HEIC", "GIF", "cut off", "no PDF", "locked"],
)
def test_what_cannot_be_read_says_what_to_do(sqlite_client: FlaskClient, raw: bytes, says: str) -> None:
    page = upload(sqlite_client, raw)
    assert page.status_code == 200
    assert says in page.text.partition('role="alert" ')[2].partition("</p>")[0]
    assert 'class="verdict"' not in page.text
    assert says not in upload_in_thai(sqlite_client, raw)


def test_what_is_too_large_says_what_to_do(sqlite_client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.web.check.MAX_FILE_BYTES", 1_000)
    page = upload(sqlite_client, b"\xff\xd8\xff" + b"\0" * 1_000).text
    assert "larger than 12 MB" in page.partition('role="alert" ')[2]
    assert MAX_FILE_BYTES == 12 << 20


def upload_in_thai(client: FlaskClient, raw: bytes) -> str:
    return client.post("/verify", data={"file": (BytesIO(raw), "x")}).text


def test_pictures_are_rationed(sqlite_register: Register, tmp_path: Path) -> None:
    settings = Settings.from_environ({"REGISTRY_HOME": str(tmp_path), "REGISTRY_RATE_LIMIT": "2/hour"})
    client = create_app(settings, sqlite_register).test_client()
    assert [upload(client, b"GIF89a").status_code for _ in range(3)] == [200, 200, 429]
    refused = upload(client, b"GIF89a")
    assert "wait a few minutes" in refused.text
    assert int(refused.headers["Retry-After"]) > 0
    assert ask(client, "1").status_code == 303, "who types is not kept waiting"
    assert client.post("/codes/verify", json={"code": "x"}).status_code == 429


def test_who_finds_no_place_is_told_one_thing(sqlite_register: Register, tmp_path: Path) -> None:
    settings = Settings.from_environ({"REGISTRY_HOME": str(tmp_path), "REGISTRY_WORKERS": "1"})
    client = create_app(settings, sqlite_register).test_client()
    with Places(settings.home / "reading", 1).held():
        refused = upload(client, photo())
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert "Ask again in a few seconds" in refused.text
    assert "few minutes" not in refused.text
    assert "do not conclude that a licence is good or bad" in refused.text


# The place


@pytest.mark.parametrize(
    ("latitude", "longitude", "address", "expected"),
    [
        ("17.39", "104.78", "ถนน", "https://www.openstreetmap.org/?mlat=17.39&mlon=104.78#map=18/17.39/104.78"),
        ("17.39", "", "a & b", "https://www.openstreetmap.org/search?query=a+%26+b"),
        ("17.39#", "1", "a", "https://www.openstreetmap.org/search?query=a"),
        ("", "", "", ""),
    ],
)
def test_a_place_is_found_on_a_map(latitude: str, longitude: str, address: str, expected: str) -> None:
    assert map_address(Premises(latitude=latitude, longitude=longitude), address) == expected


def test_a_photo_that_the_agency_shows_is_led_to(sqlite_client: FlaskClient, sqlite_register: Register) -> None:
    register, client = sqlite_register, sqlite_client
    send(register, row(ONE))
    _, token = new_token(register, TOWN, [TokenScope.PUBLISH], register.now() + timedelta(days=1))
    photo_link = {
        "rights": "public",
        "download_url": "https://agency.example.go.th/shop.jpg",
        "media_type": "image/jpeg",
    }
    put = client.put(
        f"/api/v1/access/{iri(ONE).tail}",
        json={"links": [photo_link]},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert put.status_code == 200
    page = ask(client, code_of(register, ONE)).text
    compared = page.partition(FACE)[2]
    assert re.search(
        r'<a href="https://agency.example.go.th/shop.jpg" rel="[^"]*noopener noreferrer">See the photo', compared
    )
    assert "<img" not in compared, "nothing is loaded from there"


# The API for codes


def test_a_code_is_verified_by_api(client: FlaskClient, register: Register) -> None:
    send(register, row(ONE))
    code = code_of(register, ONE)
    answer = client.post("/codes/verify", json={"code": code})
    assert (answer.status_code, answer.get_json()["verified"]) == (200, True)
    verdict = answer.get_json()["verdict"]
    assert (verdict["genuine"]["code"], verdict["inForce"]["code"]) == ("signed-by-authority", "active")
    bare = client.post("/codes/verify", json={"code": code.partition("#")[0]})
    assert (bare.status_code, bare.get_json()["verdict"]["genuine"]["code"]) == (400, "no-digits")
    act(register, ONE, ActKind.SUSPEND)
    answer = client.post("/codes/verify", json={"code": code})
    assert (answer.status_code, answer.get_json()["problemDetails"][0]["type"]) == (400, "/problems/suspended")


BAD_QUESTIONS = {
    "": "",
    "[]": "a list",
    "{}": "nothing else",
    '{"code": 1}': "code is a text (got a number)",
    '{"code": "x", "more": 1}': "code, more",
    "{" * 5_000: "",
    '{"code": "x", "code": "x"}': "code",
    '{"code": NaN}': "NaN",
    '{"code": "\\ud800"}': "surrogate",
    '{"code": "' + "1" * (1 << 20) + '"}': "too large",
}


@pytest.mark.parametrize("body", BAD_QUESTIONS, ids=lambda body: body[:30])
def test_a_bad_question_about_a_code_is_explained(sqlite_client: FlaskClient, body: str) -> None:
    answer = sqlite_client.post("/codes/verify", data=body, content_type="application/json")
    assert answer.status_code == 400
    (problem,) = answer.get_json()["problemDetails"]
    assert problem["type"].endswith("malformed-request")
    assert BAD_QUESTIONS[body] in problem["detail"]
    assert "verdict" not in answer.get_json()


# The form


@pytest.mark.parametrize("path", ["/", "/verify", "/help", "/search?q=x", "/doc/html/lic/x/y/z", "LICENCE", "CODE"])
def test_the_one_field_is_on_every_page(sqlite_client: FlaskClient, licences: Register, path: str) -> None:
    path = path.replace("LICENCE", f"/doc/html/lic/{iri(ONE).tail}").replace(
        "CODE", f"/C/{find(licences, ONE).check_id}"
    )
    answer = sqlite_client.get(path)
    assert (
        len(re.findall(r'<form [^>]*action="/verify" method="post" enctype="multipart/form-data">', answer.text)) == 1
    )
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert (
        re.findall(r"<script(?![^>]* src=\"/static/)", answer.text.replace('<script type="application/ld+json">', ""))
        == []
    )


def test_a_page_without_a_script_may_run_none(sqlite_client: FlaskClient) -> None:
    for path in ("/docs/api", "/section-13", "/healthz", "/problems/expired"):
        assert "script-src" not in sqlite_client.get(path).headers["Content-Security-Policy"]


def test_the_page_of_a_code_has_a_line_for_it_and_other_pages_none(
    sqlite_client: FlaskClient, licences: Register
) -> None:
    check_id = find(licences, ONE).check_id
    assert f'data-address="{qr_address(BASE, check_id)}"' in sqlite_client.get(f"/C/{check_id}").text
    assert "data-address" not in sqlite_client.get(f"/doc/html/lic/{iri(ONE).tail}").text


def test_what_the_register_shows_no_more_is_not_shown_here(
    sqlite_client: FlaskClient, sqlite_register: Register
) -> None:
    report = send(sqlite_register, row(ONE, premises=SHOP))
    code = code_of(sqlite_register, ONE)
    undo_batch(sqlite_register, report.batch)
    page = ask(sqlite_client, code).text
    assert "does not show this licence any more" in page
    assert not shows_a_face(page)
    assert f"/{FOOD}/" not in page.partition("<main")[2]
