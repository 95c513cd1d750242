"""Pictures and PDFs are opened elsewhere, within limits; what comes back is text, and a photo without anything hidden."""

import io
import json
import random
import signal
import subprocess
import zlib
from typing import Any

import pytest
from PIL import Image
from PIL.ExifTags import IFD, Base

from registry.places import EndpointBusy, Places
from registry.presented.found import MAX_PIXELS, PHOTO_SIDE, Unreadable
from registry.presented.given import Given, GivenKind, given
from registry.presented.kind import Kind, kind_of
from registry.presented.reading import read_presented, redrawn_photo
from registry.presented.room import ReadingRoom
from registry.presented.shown import CUT, LONGEST_HOST, host_shown, visible
from registry.web import wording
from tests.builders import BASE as CODES_BASE
from tests.builders import NOW
from tests.registry.sheets import photo, saved, sheet
from tests.vectors import codes
from verify.compact import is_code
from verify.scanned import examine_code
from verify.verdict import Answer

BASE = "https://registry.example.go.th"
ID = "5SX3V8QK2M7RATC9YBD4EWGHJN"
CODE = f"HTTPS://REGISTRY.EXAMPLE.GO.TH/C/{ID}#{'37240055125902408' * 30}"
FOREIGN = "HTTPS://ELSEWHERE.EXAMPLE/PAY"


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_codes_are_read_from_pictures(form: str) -> None:
    assert set(read_presented(photo(CODE, FOREIGN, form=form)).codes) == {CODE, FOREIGN}


def test_a_code_on_nothing_is_read_as_on_paper() -> None:
    code = Image.open(io.BytesIO(photo(CODE))).convert("L").point(lambda value: 255 if value < 128 else 0)
    picture = Image.new("RGBA", code.size, (0, 0, 0, 0))
    picture.putalpha(code)
    assert read_presented(saved(picture)).codes == [CODE]


def test_the_same_code_twice_is_one() -> None:
    assert read_presented(photo(CODE, CODE)).codes == [CODE]


def test_a_picture_without_a_code_has_none() -> None:
    assert read_presented(photo()).codes == []


def test_codes_and_credentials_are_read_from_a_pdf() -> None:
    raw = sheet([CODE], {"license.json": b' {"a": 1}', "note.txt": b"hello", "l.jwt": b"eyJ.a.b"})
    found = read_presented(raw)
    assert found.codes == [CODE]
    assert sorted(found.credentials) == [b' {"a": 1}', b"eyJ.a.b"]


def bomb() -> bytes:
    """A PNG of a few kilobytes that says it has 400 million points."""
    picture = bytearray(saved(Image.new("1", (8, 8))))
    header = picture.index(b"IHDR")
    picture[header + 4 : header + 12] = (20_000).to_bytes(4) * 2
    picture[header + 17 : header + 21] = zlib.crc32(picture[header : header + 17]).to_bytes(4)
    return bytes(picture)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (photo(CODE)[:300], "picture-damaged"),
        (photo(CODE, form="JPEG")[:300], "picture-damaged"),
        (b"\x89PNG\r\n\x1a\n", "picture-damaged"),
        (b"RIFF\0\0\0\0WEBP", "picture-damaged"),
        (bomb(), "picture-too-large"),
        (b"%PDF-1.7\n%%EOF", "pdf-damaged"),
        (sheet([CODE], password="x"), "pdf-locked"),
    ],
    ids=["cut off", "a cut JPEG", "only a beginning", "an empty WebP", "a bomb", "no PDF", "a password"],
)
def test_what_cannot_be_read_is_said(raw: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_presented(raw)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("code", "reason"),
    [(-signal.SIGXCPU, "too-much-time"), (-signal.SIGKILL, "too-much-memory"), (1, "reader-died")],
)
def test_a_process_that_ends_is_an_unreadable_file(monkeypatch: pytest.MonkeyPatch, code: int, reason: str) -> None:
    def run(command: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
        assert options["env"] == {"MALLOC_ARENA_MAX": "1"}, "no secret is in its environment"
        return subprocess.CompletedProcess(command, code, b"")

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(Unreadable) as caught:
        read_presented(b"")
    assert caught.value.reason == reason


def test_a_pdf_that_unpacks_to_more_than_there_may_be_is_refused() -> None:
    with pytest.raises(Unreadable) as caught:
        read_presented(sheet([CODE], {"license.json": b"{" + b" " * (1 << 30)}))
    assert caught.value.reason in {"too-much-memory", "reader-died", "pdf-damaged"}


@pytest.mark.parametrize("seed", range(12))
def test_what_is_broken_anywhere_is_read_or_refused(seed: int) -> None:
    chance = random.Random(seed)
    raw = bytearray(
        (photo(CODE), photo(CODE, form="JPEG"), photo(CODE, form="WEBP"), sheet([CODE], {"l": b"{}"}))[seed % 4]
    )
    for _ in range(20):
        raw[chance.randrange(12, len(raw))] = chance.randrange(256)
    assert outcome(bytes(raw)) in {CODE, "", *wording.UNREADABLE}


def outcome(raw: bytes) -> str:
    """The code that was read, or why none was."""
    try:
        return "".join(read_presented(raw).codes)
    except Unreadable as error:
        return error.reason


def test_the_process_writes_no_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    run = subprocess.run
    endless = (
        "import resource, sys; from registry.presented import __main__ as process; process._found = lambda raw: "
        "{'codes': ['x' * (64 << 20)], 'credentials': []}; process.main('codes')"
    )

    def taken_over(command: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
        return run([command[0], "-c", endless], **options)

    monkeypatch.setattr(subprocess, "run", taken_over)
    with pytest.raises(Unreadable) as caught:
        read_presented(photo(CODE))
    assert caught.value.reason == "reader-died"


def hiding() -> bytes:
    """A photo that tells where it was taken, and a comment."""
    exif = Image.Exif()
    exif[Base.Make] = "SECRETMAKER"
    exif[Base.Orientation] = 6
    exif.get_ifd(IFD.GPSInfo)[1] = "N"
    picture = Image.new("RGB", (3_000, 2_000), "red")
    return saved(picture, "JPEG", exif=exif, comment=b"SECRETCOMMENT", icc_profile=b"SECRETPROFILE") + b"SECRETTAIL"


def test_a_photo_keeps_its_points_and_nothing_else() -> None:
    raw = hiding()
    assert raw.count(b"SECRET") == 4
    kept = redrawn_photo(raw)
    assert b"SECRET" not in kept
    picture = Image.open(io.BytesIO(kept))
    assert (picture.format, picture.size) == ("JPEG", (1_067, PHOTO_SIDE)), "upright, as it was held"
    assert not picture.getexif()
    assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_photo_that_is_none_is_refused() -> None:
    for raw in (b"", b"<svg/>", b"%PDF-1.7", bomb()):
        with pytest.raises(Unreadable):
            redrawn_photo(raw)
    assert MAX_PIXELS < 20_000 * 20_000


def test_who_finds_no_place_comes_again(tmp_path: Any) -> None:
    places = Places(tmp_path / "reading", 1)
    room = ReadingRoom(places)
    with places.held("192.0.2.1"):
        for act in (room.read, room.redraw):
            with pytest.raises(EndpointBusy):
                act(photo(CODE), "192.0.2.2")
    assert room.read(photo(CODE), "192.0.2.2").codes == [CODE]


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"\xff\xd8\xff\xe0", Kind.PICTURE),
        (b"\0\0\0\x18ftypheic", Kind.HEIC),
        (b"\0\0\0\x18ftypavif", Kind.OTHER_PICTURE),
        (b"GIF89a", Kind.OTHER_PICTURE),
        (b"\xef\xbb\xbf%PDF-1.4", Kind.PDF),
        (b'{"@context": []}', Kind.TEXT),
        (b"", Kind.TEXT),
    ],
)
def test_a_file_is_told_by_its_bytes(raw: bytes, kind: Kind) -> None:
    assert kind_of(raw) is kind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  ", Given(GivenKind.NOTHING, "")),
        (" 12/2567 ", Given(GivenKind.OTHER, "12/2567")),
        ("ร้าน ตัวอย่าง", Given(GivenKind.OTHER, "ร้าน ตัวอย่าง")),
        ('{"a": 1}', Given(GivenKind.CREDENTIAL, '{"a": 1}')),
        ("eyJhIjoxfQ.e30.c2ln", Given(GivenKind.CREDENTIAL, "eyJhIjoxfQ.e30.c2ln")),
        (CODE, Given(GivenKind.CODE, CODE)),
        (f"{BASE}/C/{ID}", Given(GivenKind.CHECK, f"{BASE}/C/{ID}", check_id=ID)),
        (f"{BASE}/c/{ID.lower()}?lang=en", Given(GivenKind.CHECK, f"{BASE}/c/{ID.lower()}?lang=en", check_id=ID)),
        (f"{BASE}/id/lic/a/b/1", Given(GivenKind.OURS, f"{BASE}/id/lic/a/b/1")),
        (f"{BASE}/C/short#1", Given(GivenKind.CODE, f"{BASE}/C/short#1")),
        (FOREIGN, Given(GivenKind.FOREIGN, FOREIGN, host="elsewhere.example")),
        (
            f"{BASE}@evil.example/C/{ID}#1",
            Given(GivenKind.FOREIGN, f"{BASE}@evil.example/C/{ID}#1", host="evil.example"),
        ),
        (
            f"{BASE}.evil.example/C/{ID}#1",
            Given(GivenKind.FOREIGN, f"{BASE}.evil.example/C/{ID}#1", host="registry.example.go.th.evil.example"),
        ),
        (f"{BASE}:8443/C/{ID}", Given(GivenKind.FOREIGN, f"{BASE}:8443/C/{ID}", host="registry.example.go.th:8443")),
        (f"https:\\\\evil.example/C/{ID}", Given(GivenKind.OTHER, f"https:\\\\evil.example/C/{ID}")),
        ("javascript:alert(1)", Given(GivenKind.OTHER, "javascript:alert(1)")),
    ],
)
def test_what_is_given_is_told_apart(text: str, expected: Given) -> None:
    assert given(text, BASE) == expected


@pytest.mark.parametrize(
    ("authority", "shown"),
    [
        ("elsewhere.example:8443", "elsewhere.example:8443"),
        ("registry.example.go.th@evil.example", "evil.example"),
        ("a@registry.example.go.th@evil.example:1", "evil.example:1"),
        ("registry.example.go.th:443" + "a" * 400 + "@evil.example", "evil.example"),
        # It does lead to us, by an address that is none of ours: all of it is shown.
        ("evil.example@registry.example.go.th", "evil.example@registry.example.go.th"),
        ("user@", "user@"),
        ("registry.example.go.th." + "a" * 400 + ".evil.example", CUT + "a" * (LONGEST_HOST - 13) + ".evil.example"),
        ("\u202eht.og.elpmaxe.yrtsiger", "<U+202E>ht.og.elpmaxe.yrtsiger"),
        ("registry\u200b.example.go.th", "registry<U+200B>.example.go.th"),
        ("registry.example.go.th\u2060.ไทย", "registry.example.go.th<U+2060>.<U+0E44><U+0E17><U+0E22>"),
        ("registry\x7f.example", "registry<U+007F>.example"),
        ("ไทย.example:8443", "xn--o3cw4h.example:8443"),
        ("lоcalhost", "xn--lcalhost-nbh"),
        ("ｌocalhost:8123", "<U+FF4C>ocalhost:8123"),
        ("evil.example／registry.example.go.th", "evil.example<U+FF0F>registry.example.go.th"),
        ("ก" * 100, "<U+0E01>" * 100),
    ],
)
def test_a_host_is_shown_that_a_browser_would_open(authority: str, shown: str) -> None:
    assert host_shown(authority, {"registry.example.go.th"}) == shown


def test_what_is_not_seen_is_written_out() -> None:
    assert visible("ร้านน้ำ 1/2567") == "ร้านน้ำ 1/2567"
    hidden = "\u200b\u200f\u202a\u2066\u2069\xad\ufeff\U000e0041\t\x1b\u2028\xa0\u3164\u2800\ufe0f\ue000"
    assert visible(hidden) == "".join(f"<U+{ord(each):04X}>" for each in hidden)
    assert visible("a" * 300) == "a" * 300
    assert visible("a" * 301) == "a" * 300 + CUT


SPELLINGS = json.loads(codes.PATH.read_text(encoding="utf-8"))["spellings"]


@pytest.mark.parametrize("spelling", SPELLINGS, ids=lambda each: each["name"])
def test_a_code_in_any_spelling_has_one_verdict(spelling: dict[str, str]) -> None:
    """`/verify` judges what it makes of a text; the command, the text itself."""
    text, leads = spelling["text"], spelling["leads"]
    what = given(text, CODES_BASE)
    verdict = examine_code(text, codes.known(), NOW)
    assert codes.leads(what, verdict.genuine.code) == leads
    if what.kind is GivenKind.CODE:
        assert is_code(text)
        assert examine_code(what.text, codes.known(), NOW) == verdict
    elif what.kind is GivenKind.CHECK:
        assert is_code(text)
        assert verdict.genuine.code == "no-digits"
    else:
        # Nothing else is ever called genuine, by whichever way it is asked.
        assert verdict.genuine.answer is Answer.NO
