"""Our JavaScript (static/checker) gives the verdicts of our Python on codes, by the browser's Ed25519 and by the library's."""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from registry.vendor import MODULES, VENDOR, Module, ModuleAltered, ModuleNotInstalled, install_modules
from tests.builders import NOW
from tests.codes import ONE, OTHER, code, compact, forged
from tests.flipped import CODES, reasons
from tests.packs import contents, packed, written
from tests.peers.javascript import run
from tests.vectors import codes
from verify import cbor
from verify.compact import from_digits
from verify.scanned import examine_code
from verify.scsu import ScsuRefused, expanded

SCRIPT = Path(__file__).with_name("codes.mjs")
STORED: dict[str, Any] = json.loads(codes.PATH.read_text(encoding="utf-8"))
TRUST = codes.known()


def asked(**job: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = json.loads(
        run(SCRIPT, given=json.dumps({"trust": STORED["trust"], "at": STORED["at"], **job}))
    )
    return found


@pytest.mark.parametrize("noble", [False, True], ids=["browser", "library"])
def test_the_vectors_have_the_same_verdict(noble: bool) -> None:
    vectors = STORED["codes"]
    answers = asked(codes=[each["scanned"] for each in vectors], noble=noble)["verdicts"]
    expected = [{key: each[key] for key in ("genuine", "inForce", "says")} for each in vectors]
    differing = [
        (each["name"], answer)
        for each, answer, wanted in zip(vectors, answers, expected, strict=True)
        if answer != wanted
    ]
    assert differing == []


def test_the_checker_tells_of_any_spelling_what_the_page_and_the_command_tell() -> None:
    keys = [
        packed(ONE),
        packed(OTHER),
        packed(ONE, signer=codes.EXPIRED_KEY, expires=codes.EXPIRED_AT),
        packed(ONE, signer=codes.REVOKED_KEY, revoked=NOW),
    ]
    manifest, parts, _ = written(contents(keys=keys, ids=None))
    bodies = {sha256.hex(): body.hex() for sha256, body in parts.items()}
    texts = [each["text"] for each in STORED["spellings"]]
    job = {"at": STORED["at"], "manifest": manifest.raw.hex(), "parts": bodies, "texts": texts}
    found = json.loads(run(SCRIPT.with_name("told.mjs"), given=json.dumps(job)))
    assert len(found) > 200
    verdicts = {each["scanned"]: each for each in STORED["codes"]}
    differing = [
        (each["name"], each["leads"], word, answer)
        for each, (word, answer) in zip(STORED["spellings"], found, strict=True)
        if word not in words_for(each["leads"], verdicts.get(each["text"]))
        or (answer == "yes") != (each["leads"] == "signed-by-authority")
    ]
    assert differing == []


def words_for(leads: str, verdict: dict[str, Any] | None) -> set[str]:
    """What the checker may tell of a text that `/verify` leads so."""
    match leads:
        case "signed-by-authority":
            assert verdict is not None
            return {verdict["inForce"][1]}
        case "address":
            return {"no-digits"}
        case "foreign":
            return {"foreign", "misleading"}
        case "ours":
            return {"ownPage", "notAsPrinted"}
        case "other":
            # Searched for there; here some of it reads as an address that lacks its beginning, or of another way.
            return {"number", "notCode", "notAsPrinted", "foreign"}
        case "malformed-compact":
            # What is hidden in it, or a backslash, is shown.
            return {leads, "misleading"}
        case _:
            return {leads}


def test_every_flipped_bit_has_the_same_answer() -> None:
    answers = asked(flips=CODES)["flips"]
    assert [tuple(each.split("\n")) for each in answers] == list(reasons())


def test_the_library_does_not_verify_a_flipped_bit_either() -> None:
    # It takes a millisecond for each: one code of the 100.
    assert tuple(asked(flips=CODES[:1], noble=True)["flips"][0].split("\n")) == reasons()[0]


def test_signed_payloads_of_any_form_have_the_same_verdict() -> None:
    """Bytes of good payloads are changed before they are signed, as only the authority itself could."""
    random = Random(20261121)
    bases = [
        dict(cbor.decoded(cbor.decoded(from_digits(code(said).partition("#")[2]))[2]))  # type: ignore[arg-type,index]
        for said in (compact(), compact(no_expiry=True, expires_on=None, qualifier="obkk"), compact(premises="ก🎵é"))
    ]
    scanned = [forged(_mutated(random, cbor.encoded(random.choice(bases)))) for _ in range(1_500)]
    _same(scanned)


def test_signed_numbers_of_any_kind_have_the_same_verdict() -> None:
    random = Random(20261122)
    alphabet = [
        *"0123456789/-. AbZ~%_.",
        *"กขคฯ๑๒๓๔๕",
        "\u0e33",
        "e\u0301",
        "é",
        "\u200b",
        "\u00a0",
        "🎵",
        "\ue000",
        "١",
        "𝟗",
    ]
    numbers = ["".join(random.choices(alphabet, k=random.randrange(1, 16))) for _ in range(1_000)]
    numbers += ["".join(random.choices("0123456789", k=13)) for _ in range(300)]
    numbers += [
        "1101700203450",
        "1-1017-00203-45-0",
        "1 1 0 1 7 0 0 2 0 3 4 5 0",
        "๑๑๐๑๗๐๐๒๐๓๔๕๐",
        "x1101700203450",
        "01101700203450",
    ]
    numbers += ["ก" * 166, "ก" * 167, "a" * 900, ".", "..", ".a."]
    qualifiers = [
        "",
        "obkk",
        "be2567",
        "d2024-02-29",
        "d2023-02-29",
        "d0000-01-01",
        "d2024-13-01",
        "n1",
        "n0",
        "n2.obkk",
        "obkk.n2",
    ]
    scanned = []
    for number in numbers:
        try:
            scanned.append(code(compact(number=number, qualifier=random.choice(qualifiers), premises="", address="")))
        except ValueError:
            continue
    assert len(scanned) > 1_000
    _same(scanned)


def test_scsu_is_read_alike() -> None:
    random = Random(20261123)
    texts = [random.randbytes(random.randrange(1, 24)) for _ in range(3_000)]
    texts += [bytes([tag, byte, 0xC1, 0x41]) for tag in range(0x20) for byte in range(256)]
    texts += [bytes([0x0F, tag, byte, 0xC1, 0x41]) for tag in range(0xE0, 0xF4) for byte in range(0, 256, 5)]
    answers = asked(texts=[text.hex() for text in texts])["texts"]
    assert answers == [_expanded(text) for text in texts]


def test_what_is_served_of_others_is_what_was_pinned(tmp_path: Path) -> None:
    there = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*")}
    assert there >= {module.name for module in MODULES}
    module = Module("a.js", "pack/index.js", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    node_modules, folder = tmp_path / "node_modules", tmp_path / "vendor"
    with pytest.raises(ModuleNotInstalled, match="pack"):
        install_modules(node_modules, folder, [module])
    (node_modules / "pack").mkdir(parents=True)
    (node_modules / "pack" / "index.js").write_bytes(b"")
    folder.mkdir()
    (folder / "older").mkdir()
    (folder / "older" / "left-over.js").touch()
    assert install_modules(node_modules, folder, [module]) == [folder / "a.js"]
    assert [path for path in folder.rglob("*") if path.is_file()] == [folder / "a.js"]
    (node_modules / "pack" / "index.js").write_bytes(b"x")
    with pytest.raises(ModuleAltered, match="pinned"):
        install_modules(node_modules, folder, [module])


def _same(scanned: list[str]) -> None:
    answers = asked(codes=scanned)["verdicts"]
    expected = [codes.verdict(examine_code(each, TRUST, NOW)) for each in scanned]
    differing = [found for found in zip(scanned, answers, expected, strict=True) if found[1] != found[2]]
    assert differing == []


def _mutated(random: Random, raw: bytes) -> bytes:
    at = random.randrange(len(raw))
    match random.randrange(5):
        case 0:
            return raw[:at] + bytes([random.randrange(256)]) + raw[at + 1 :]
        case 1:
            return raw[:at] + raw[at + 1 :]
        case 2:
            return raw[:at] + bytes([random.randrange(256)]) + raw[at:]
        case 3:
            return raw[:at]
        case _:
            changed = bytearray(raw)
            for _ in range(3):
                changed[random.randrange(min(40, len(raw)))] = random.randrange(256)
            return bytes(changed)


def _expanded(data: bytes) -> str | None:
    try:
        return expanded(data)
    except ScsuRefused:
        return None
