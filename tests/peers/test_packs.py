"""Our JavaScript (static/checker/pack.js) answers on inspector packs as our Python does; cborg reads what our CBOR is."""

import json
from random import Random
from typing import Any

from tests.builders import NOW
from tests.peers.javascript import run
from tests.peers.test_codes import SCRIPT as CODES_SCRIPT
from tests.vectors import packs
from verify.manifest import OTHER_KEYS, fingerprint, open_manifest

SCRIPT = CODES_SCRIPT.with_name("packs.mjs")
CBORG = CODES_SCRIPT.with_name("cborg.mjs")
STORED: dict[str, Any] = json.loads(packs.PATH.read_text(encoding="utf-8"))


def asked(given: list[dict[str, Any]]) -> dict[str, Any]:
    job = {name: STORED[name] for name in ("at", "key", "held", "codes")} | {"packs": given}
    found: dict[str, Any] = json.loads(run(SCRIPT, given=json.dumps(job)))
    return found


def named(name: str) -> dict[str, Any]:
    return next(dict(each) for each in STORED["packs"] if each["name"] == name)


def test_the_vectors_have_the_same_answer() -> None:
    found = asked(STORED["packs"])
    expected = [{key: each[key] for key in ("answer", "verdicts") if key in each} for each in STORED["packs"]]
    differing = [
        (each["name"], answer)
        for each, answer, wanted in zip(STORED["packs"], found["answers"], expected, strict=True)
        if answer != wanted
    ]
    assert differing == []
    assert found["fingerprint"] == fingerprint(bytes.fromhex(STORED["key"]))


def test_what_is_altered_anywhere_is_answered_alike_and_never_good() -> None:
    random = Random(5)
    good = named("good--no-keys-for-credentials")
    given = []
    for _ in range(150):
        raw = bytearray.fromhex(good["manifest"])
        raw[random.randrange(len(raw))] ^= 1 << random.randrange(8)
        given.append({"manifest": raw.hex(), "parts": good["parts"]})
    for sha256, body in good["parts"].items():
        changed = bytearray.fromhex(body)
        changed[random.randrange(len(changed))] ^= 1
        given.append({"manifest": good["manifest"], "parts": good["parts"] | {sha256: changed.hex()}})
    found = asked(given)["answers"]
    assert found == [packs.answered(bytes.fromhex(each["manifest"]), each["parts"]) for each in given]
    assert all(each["answer"] != "good" for each in found)


def test_the_checker_does_without_the_keys_for_credentials() -> None:
    whole = named("good--all")
    manifest = open_manifest(bytes.fromhex(whole["manifest"]), NOW)
    unread = {part.sha256.hex() for part in manifest.parts if part.kind == OTHER_KEYS}
    assert len(unread) == 1
    given = whole | {"parts": {sha256: body for sha256, body in whole["parts"].items() if sha256 not in unread}}
    assert asked([given])["answers"] == asked([whole])["answers"]
    assert packs.answered(bytes.fromhex(given["manifest"]), given["parts"]) == {"answer": "pack-altered"}


def test_cborg_reads_packs_and_codes_as_ours_does() -> None:
    raw = [each["manifest"] for each in STORED["packs"][:3]]
    raw += [body for each in STORED["packs"][:3] for body in each["parts"].values()]
    answers = json.loads(run(CBORG, given=json.dumps(raw)))
    assert len(answers) == len(raw)
    # The filter is no CBOR: neither of the two reads it.
    assert {"same"} <= set(answers) <= {"same", "neither"}
