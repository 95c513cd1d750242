"""Posters: what stands on them is read from the print, as a passer-by, a scanner and an archive would."""

import csv
import io
import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from flask.testing import FlaskClient
from PIL import Image, ImageDraw

from issuers.qr import Correction, matrix
from registry.app import create_app
from registry.catalogue import CatalogueInvalid, declare, read_catalogue
from registry.config import Settings
from registry.intake.batch import BatchRefused
from registry.intake.staging import stage
from registry.places import Places
from registry.poster.batch import batch_posters, poster_name
from registry.poster.desk import Desk, DeskBusy
from registry.poster.glyphs import covered, printable
from registry.poster.poster import PosterRefused, Size, Wish
from registry.poster.seals import MOST_BYTES, SealRefused
from registry.poster.typesetting import Form, Job, Typesetter, TypesettingFailed
from registry.register import Register
from registry.tokens import TokenScope, new_token
from tests.browser.looking import keep_picture
from tests.registry.codes import code_of
from tests.registry.commands import DECISION, Run, check_refused
from tests.registry.posters import Poster, poster_of
from tests.registry.small import (
    CATALOGUE,
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
    submission,
    table,
    verdict,
)
from verify.verdict import Answer
from vocab.history import ActKind

WISHES = [Wish(size=size, lang=lang) for size in Size for lang in ("th", "en")]
SIZES = {Size.A4: (210, 297), Size.A5: (148, 210), Size.STICKER: (100, 150)}
NAME_OF: dict[Wish, str] = {wish: f"{wish.size}-{wish.lang}" for wish in WISHES}
QUIET = 8
LARGEST = {Correction.M: 0.9, Correction.Q: 0.75}
"""Millimetres of a module at least: 70 mm for version 13 are 0.91, which is read from 50 cm; at level Q from 40."""


@pytest.fixture
def town(sqlite_register: Register) -> Register:
    send(sqlite_register, row("1/2567", street="99/8 ถนนสุนทรวิจิตร", district="เมืองนครพนม"))
    return sqlite_register


@pytest.mark.parametrize("wish", WISHES, ids=NAME_OF.get)
def test_a_print_is_scanned_read_and_verified(town: Register, wish: Wish) -> None:
    poster = poster_of(town, "1/2567", wish)
    assert poster.pages == 1
    assert poster.size == SIZES[wish.size]
    scanned = poster.code()
    assert scanned.text == code_of(town, "1/2567")
    for text in ("registry.example.go.th", "1/2567", "อบต.โพธิ์ตาก", "Pho Tak SAO", "ร้านตัวอย่าง", "บริษัท ตัวอย่าง จำกัด"):
        assert poster.says(text), text
    credential = current_credential(town, "1/2567")
    assert poster.attached == {"credential.json": credential}
    found = verdict(town, poster.attached["credential.json"])
    assert (found.genuine.answer, found.in_force.answer) == (Answer.YES, Answer.YES)


@pytest.mark.parametrize("wish", WISHES, ids=NAME_OF.get)
def test_a_poster_is_pdf_a_3_with_its_source(town: Register, wish: Wish) -> None:
    with pikepdf.open(BytesIO(poster_of(town, "1/2567", wish).body)) as document:
        with document.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "B")
            assert "1/2567" in str(metadata["dc:title"])
        (intent,) = document.Root.OutputIntents
        assert intent.S == "/GTS_PDFA1"
        (attached,) = document.Root.AF
        assert attached.AFRelationship == "/Source"
        assert attached.EF.F.Subtype == "/application/vc"
        assert document.Root.Lang is not None


@pytest.mark.parametrize("level", Correction)
@pytest.mark.parametrize("size", Size)
def test_modules_are_as_large_as_the_design_needs(town: Register, size: Size, level: Correction) -> None:
    dpi = 300
    scanned = poster_of(town, "1/2567", Wish(size=size, level=level)).code(dpi)
    assert scanned.text == code_of(town, "1/2567")
    assert scanned.ec_level == level
    corners = scanned.position
    width = (corners.top_right.x - corners.top_left.x) / dpi * 25.4
    modules = len(matrix(code_of(town, "1/2567"), level))
    assert width / modules >= LARGEST[level]
    if size is Size.A4:
        assert width / modules * (modules + QUIET) >= 70


def test_the_largest_code_that_there_is_has_large_modules() -> None:
    """Version 15 has 77 modules; with its quiet zone it is as wide as on the sheet."""
    for side in (100, 80, 80):
        assert side / (77 + QUIET) >= LARGEST[Correction.M]


def test_the_same_poster_is_the_same_file_until_tomorrow(town: Register, clock: Clock) -> None:
    first = poster_of(town, "1/2567").body
    clock.pass_by(hours=3)
    assert poster_of(town, "1/2567").body == first
    clock.pass_by(hours=24)
    assert poster_of(town, "1/2567").body != first


def test_it_says_by_which_announcement_it_is_displayed_or_that_it_may_not_be(town: Register) -> None:
    send(town, row("7/2567"), authority=OFFICE)
    announced = poster_of(town, "1/2567")
    assert announced.says("ราชกิจจานุเบกษา วันที่ 1 กุมภาพันธ์ พ.ศ. 2567")
    assert announced.says("มาตรา 13 แห่งพระราชบัญญัติ")
    assert not announced.says("สำเนาเพื่อทราบเท่านั้น")
    assert poster_of(town, iri("7/2567", None, OFFICE)).says("สำเนาเพื่อทราบเท่านั้น")
    assert poster_of(town, iri("7/2567", None, OFFICE), Wish(lang="en")).says("may not be claimed yet")


def test_every_poster_says_that_paper_proves_nothing_and_when_it_was_printed(town: Register) -> None:
    for wish in WISHES:
        poster = poster_of(town, "1/2567", wish)
        thai, english = "สำเนาที่พิมพ์ไม่ใช่หลักฐานในตัวเอง", "A printed copy proves nothing by itself"
        assert poster.says(thai if wish.lang == "th" else english)
        assert poster.says("21 พฤศจิกายน พ.ศ. 2569" if wish.lang == "th" else "21 November 2026")


@pytest.mark.parametrize("kind", [ActKind.SUSPEND, ActKind.REVOKE, ActKind.SURRENDER])
def test_what_is_not_in_force_has_no_poster(town: Register, kind: ActKind) -> None:
    act(town, "1/2567", kind)
    with pytest.raises(PosterRefused, match="not in force"):
        poster_of(town, "1/2567")


def test_what_expired_has_no_poster_and_what_states_no_end_says_so(town: Register, clock: Clock) -> None:
    send(town, row("8/2567", expires_on=""))
    assert poster_of(town, "8/2567", Wish(lang="en")).says("Not in the data the agency sent")
    clock.go_to(TODAY.replace(year=2030))
    with pytest.raises(PosterRefused, match="Expired"):
        poster_of(town, "1/2567")


HOSTILE = {
    "markup": '#let x = 1; #read("/etc/passwd") [a] \\ $x^2$ *b* _c_ `d` @e <f> ~ // g /* h */ = i',
    "emoji": "ก๊วยเตี๋ยว 🍜🍲 曼谷餐厅 مطعم",
    "one letter 500 times": "ข" * 500,
    "500 latin letters": "abcdefghij" * 50,
    "500 thai letters": "กขฃคฅฆงจฉชซฌญฎฏฐฑฒณด" * 25,
    "a sentence of 500": "ห้างหุ้นส่วนจำกัดรวมใจการเกษตรและสิ่งแวดล้อมเพื่อชุมชน" * 9,
}


@pytest.mark.parametrize("wish", WISHES, ids=NAME_OF.get)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text_and_stay_on_the_sheet(sqlite_register: Register, wish: Wish, name: str) -> None:
    text = HOSTILE[name]
    send(sqlite_register, row("1/2567", premises=text, licensee=f"{text}; {text}", street=text[:300]))
    poster = poster_of(sqlite_register, "1/2567", wish)
    shown = find(sqlite_register, "1/2567").license.premises[0].name
    assert shown is not None
    expected = printable(str(shown)).replace("\u200b", "")
    assert poster.says(expected)
    assert not poster.says("root:")
    assert poster.code().text == code_of(sqlite_register, "1/2567")
    width, height = SIZES[wish.size]
    for left, bottom, right, top in poster.boxes():
        assert left >= 3
        assert right <= width - 3
        assert bottom >= 2
        assert top <= height - 2


def test_what_turns_the_direction_round_or_ends_a_line_is_not_set() -> None:
    assert printable("ร้าน \u202eTXET\u202c\u2066x\u2069\n\tดี\u2028\x00") == "ร้าน TXETx ดี"


def test_what_has_no_glyph_is_replaced_and_said(sqlite_register: Register) -> None:
    send(sqlite_register, row("1/2567", premises=HOSTILE["emoji"]))
    poster = poster_of(sqlite_register, "1/2567")
    assert poster.says("ก๊วยเตี๋ยว [?] [?] [?]")
    assert poster.says("แทนอักขระที่แผ่นพิมพ์นี้แสดงไม่ได้")
    assert {ord("ก"), ord("๙"), ord("A"), ord("é")} <= covered()
    assert ord("曼") not in covered()


def test_pictures_of_posters(town: Register, tmp_path: Path) -> None:
    """They are looked at: docs/screens has them."""
    with_seal(town, tmp_path)
    for wish in WISHES:
        picture = poster_of(town, "1/2567", wish).picture(100)
        keep_picture(picture, f"poster-{NAME_OF[wish]}")
        assert picture.getextrema() != ((255, 255),) * 3


# Seals


def with_seal(register: Register, folder: Path, name: str = "seal.png") -> None:
    """The catalogue once more, with a seal of the town."""
    if name == "seal.png":
        image = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
        ImageDraw.Draw(image).ellipse((10, 10, 390, 390), outline=(18, 58, 104, 255), width=24)
        ImageDraw.Draw(image).polygon([(200, 70), (330, 300), (70, 300)], fill=(18, 58, 104, 255))
        image.save(folder / name)
    file = folder / "catalogue.toml"
    file.write_text(CATALOGUE.replace('level = "local"', f'level = "local"\nseal = "{name}"', 1), encoding="utf-8")
    declare(register, read_catalogue(file))


def test_a_seal_is_drawn_anew_and_stands_on_the_poster(register: Register, tmp_path: Path) -> None:
    send(register, row("1/2567"))
    before = poster_of(register, "1/2567")
    with_seal(register, tmp_path)
    after = poster_of(register, "1/2567")
    assert _pictures(before) == 0
    assert _pictures(after) == 1
    assert after.code().text == code_of(register, "1/2567")
    # Leaving it out of a later declaration takes nothing away, as with all that is declared.
    file = tmp_path / "catalogue.toml"
    file.write_text(CATALOGUE, encoding="utf-8")
    declare(register, read_catalogue(file))
    assert _pictures(poster_of(register, "1/2567")) == 1


def _pictures(poster: Poster) -> int:
    with pikepdf.open(BytesIO(poster.body)) as document:
        return sum(
            1
            for each in document.objects
            if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/Image" and "/SMask" in each
        )


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"GIF89a", "PNG or an SVG"),
        (b"\x89PNG\r\n\x1a\n broken", "cannot be drawn"),
        (b"x" * (MOST_BYTES + 1), "at most"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><unclosed", "cannot be drawn"),
    ],
    ids=["another kind", "broken", "too large", "broken svg"],
)
def test_a_file_that_is_no_seal_is_refused(sqlite_register: Register, tmp_path: Path, body: bytes, why: str) -> None:
    (tmp_path / "seal.bin").write_bytes(body)
    with pytest.raises(SealRefused, match=why):
        with_seal(sqlite_register, tmp_path, "seal.bin")


def test_a_seal_in_svg_reaches_nothing_outside(sqlite_register: Register, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    Image.new("RGB", (10, 10), (255, 0, 0)).save(secret)
    (tmp_path / "seal.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 10 10">'
        f'<script>1</script><image xlink:href="file://{secret}" width="10" height="10"/><circle cx="5" cy="5" r="4"/></svg>'
    )
    send(sqlite_register, row("1/2567"))
    from registry.poster.seals import read_seal

    try:
        made = read_seal(tmp_path / "seal.svg")
    except SealRefused:
        return
    reds = Image.open(BytesIO(made)).convert("RGB").getchannel("R").getextrema()
    assert reds == (0, 0), "the circle is black, and the picture beside it red"


def test_seals_are_told_by_authorities_only(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.toml"
    file.write_text("[seals]\nx = 1\n")
    with pytest.raises(CatalogueInvalid, match="told by its authority"):
        read_catalogue(file)


# Batches


def bearer(register: Register, authority: str, scope: TokenScope) -> dict[str, str]:
    _, token = new_token(register, authority, [scope], register.now() + timedelta(days=1))
    return {"Authorization": f"Bearer {token}"}


def test_a_batch_is_a_zip_with_an_index_and_what_was_left_out(register: Register) -> None:
    batch = send(register, *(row(f"{n}/2567") for n in range(1, 5))).batch
    act(register, "3/2567", ActKind.REVOKE)
    steps: list[tuple[int, int]] = []
    with Typesetter() as typesetter:
        wish = Wish(size=Size.A5)
        body = b"".join(
            batch_posters(register, batch, wish, typesetter, lambda done, total: steps.append((done, total)))
        )
        assert b"".join(batch_posters(register, batch, wish, typesetter)) == body
    assert steps == [(n, 4) for n in range(1, 5)]
    archive = zipfile.ZipFile(BytesIO(body))
    assert archive.namelist() == [
        "00001-1-2567.pdf",
        "00002-2-2567.pdf",
        "00004-4-2567.pdf",
        "index.csv",
        "left-out.csv",
    ]
    assert Poster(archive.read("00002-2-2567.pdf")).code().text == code_of(register, "2/2567")
    index = list(csv.DictReader(io.StringIO(archive.read("index.csv").decode("utf-8-sig"))))
    assert [each["number"] for each in index] == ["1/2567", "2/2567", "4/2567"]
    (left_out,) = csv.DictReader(io.StringIO(archive.read("left-out.csv").decode("utf-8-sig")))
    assert left_out["number"] == "3/2567"
    assert "ถูกเพิกถอน" in left_out["reason"] or "เพิกถอน" in left_out["reason"]


def test_a_batch_that_is_not_published_has_no_posters(sqlite_register: Register) -> None:
    report = stage(sqlite_register, submission(table(row("1/2567"))))
    with Typesetter() as typesetter, pytest.raises(BatchRefused, match="not published"):
        next(batch_posters(sqlite_register, report.batch, Wish(), typesetter))


def test_the_batch_of_another_authority_is_not_found(register: Register, client: FlaskClient) -> None:
    batch = send(register, row("1/2567")).batch
    path = f"/api/v1/batches/{batch}/posters.zip?size=a5&lang=en"
    assert client.get(path).status_code == 401
    assert client.get(path, headers=bearer(register, OFFICE, TokenScope.PUBLISH)).status_code == 404
    assert client.get(path, headers=bearer(register, TOWN, TokenScope.ACT)).status_code == 403
    answer = client.get(path, headers=bearer(register, TOWN, TokenScope.PUBLISH))
    assert answer.status_code == 200
    assert zipfile.ZipFile(BytesIO(answer.data)).namelist()[0] == "00001-1-2567.pdf"
    assert answer.headers["Cache-Control"] == "no-store"


# The web and the command line


def test_everybody_gets_the_poster_by_its_address(register: Register, client: FlaskClient) -> None:
    send(register, row("1/2567"))
    path = f"/poster/{find(register, '1/2567').check_id}.pdf"
    answer = client.get(f"{path}?size=sticker&lang=en&level=Q")
    assert answer.status_code == 200
    assert answer.content_type == "application/pdf"
    assert Poster(answer.data).size == SIZES[Size.STICKER]
    assert Poster(answer.data).code().ec_level == "Q"
    again = client.get(f"{path}?size=sticker&lang=en&level=Q", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert client.get(f"{path}?size=a3").status_code == 400
    assert client.get(f"{path}?lang=xx").status_code == 400
    assert client.get("/poster/00000000000000000000000000.pdf").status_code == 404
    act(register, "1/2567", ActKind.SUSPEND)
    refused = client.get(path)
    assert refused.status_code == 409
    assert refused.get_json()["type"] == "/problems/poster-refused"


def test_few_pages_are_set_at_once_by_all_processes(tmp_path: Path) -> None:
    """Two desks are those of two server processes."""
    desk, other = (Desk(Places(tmp_path / "places", 1), tmp_path / "set") for _ in range(2))
    job = Job(
        template="seal",
        form=Form.PNG,
        files={"seal": b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>", "kind.json": b'"svg"'},
    )
    made = desk.set(job)
    with desk.place():
        # What was made before needs no place, and is not counted.
        assert other.set(job, lambda: pytest.fail("it is kept")) == made
        with pytest.raises(DeskBusy) as busy:
            other.set(Job(template="seal", form=Form.PNG))
    assert busy.value.headers == {"Retry-After": "5"}
    with other.place():
        pass


def test_what_is_kept_has_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.poster.desk.MOST_BYTES", 1000)
    desk = Desk(Places(tmp_path / "places", 1), tmp_path / "set")
    for side in range(1, 9):
        svg = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {side} 1'/>".encode()
        desk.set(Job(template="seal", form=Form.PNG, files={"seal": svg, "kind.json": b'"svg"'}))
    kept = list((tmp_path / "set").iterdir())
    assert sum(file.stat().st_size for file in kept) <= 1000
    assert len(kept) < 8


def test_one_address_has_so_many_set(register: Register, tmp_path: Path) -> None:
    send(register, row("1/2567"), row("2/2567"))
    environ = {"REGISTRY_HOME": str(tmp_path / "web"), "REGISTRY_POSTER_LIMIT": "2/hour", "REGISTRY_PROXIES": "1"}
    client = create_app(Settings.from_environ(environ), register).test_client()
    check = find(register, "1/2567").check_id
    paths = [f"/poster/{check}.pdf", f"/card/{check}.png", f"/poster/{check}.pdf?size=a5"]
    assert [client.get(path).status_code for path in paths] == [200, 200, 429]
    refused = client.get(f"/card/{find(register, '2/2567').check_id}.png")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    # What was set is there for all, and another address has its own count.
    assert [client.get(path).status_code for path in paths[:2]] == [200, 200]
    assert client.get(paths[2], headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 200
    # The badge is text: it needs no place and no count.
    assert client.get(f"/badge/{check}.svg").status_code == 200


def test_a_large_batch_is_made_by_command_and_not_on_request(
    register: Register, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = send(register, row("1/2567"), row("2/2567")).batch
    monkeypatch.setattr("registry.poster.batch.MOST_ON_REQUEST", 1)
    headers = bearer(register, TOWN, TokenScope.PUBLISH)
    refused = client.get(f"/api/v1/batches/{batch}/posters.zip?lang=en", headers=headers)
    assert refused.status_code == 409
    told = refused.get_json()
    assert told["type"] == "/problems/batch-refused"
    assert f"license-registry poster --batch {batch}" in told["detail"]
    assert "2 licences" in told["detail"]


def test_a_file_has_a_name_though_nothing_is_left_of_the_number() -> None:
    assert poster_name(24, "///") == "00024-number-24.pdf"


def test_what_breaks_the_process_breaks_no_other_page(monkeypatch: pytest.MonkeyPatch) -> None:
    good = Job(
        template="seal",
        form=Form.PNG,
        files={"seal": b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>", "kind.json": b'"svg"'},
    )
    with Typesetter() as typesetter:
        with pytest.raises(TypesettingFailed, match="could not be set"):
            typesetter.set(Job(template="seal", form=Form.PNG))
        with pytest.raises(TypesettingFailed, match="more than"):
            typesetter.set(Job(template="seal", form=Form.PNG, files={"seal": bytes(9 << 20)}))
        with pytest.raises(TypesettingFailed, match="came to an end"):
            typesetter.set(Job(template="no such template", form=Form.PNG))
        assert typesetter.set(good).startswith(b"\x89PNG")
        monkeypatch.setattr("registry.poster.typesetting.SECONDS", -1.0)
        with pytest.raises(TypesettingFailed, match="TimeoutError"):
            typesetter.set(good)


def test_the_command_writes_posters(ready: Run, tmp_path: Path) -> None:
    code, output, _ = ready("poster", "1/2567", "--size", "a5", "--lang", "en")
    assert (code, output) == (0, "poster-1-2567.pdf\n")
    assert Poster((tmp_path / "poster-1-2567.pdf").read_bytes()).size == SIZES[Size.A5]
    code, output, _ = ready("poster", "1/2567", "2/2567", "-o", "some")
    assert code == 0
    assert [file.name for file in sorted((tmp_path / "some").iterdir())] == ["00001-1-2567.pdf", "00002-2-2567.pdf"]
    code, output, _ = ready("poster", "--batch", "1", "-o", "all.zip")
    assert (code, output) == (0, "all.zip\n")
    assert len(zipfile.ZipFile(tmp_path / "all.zip").namelist()) == 6
    assert ready("act", "revoke", "1/2567", *DECISION)[0] == 0
    code, output, errors = ready("poster", "1/2567", "2/2567", "99/2567", "-o", "rest")
    assert (code, output) == (1, "rest/00002-2-2567.pdf\n")
    assert "Left out: 1/2567: " in errors
    assert "not in force" in errors
    assert "Left out: 99/2567: " in errors
    check_refused(ready("poster", "1/2567"), "not in force (Revoked)")
    check_refused(ready("poster"), "name licences")
    check_refused(ready("poster", "--batch", "99"), "99")
