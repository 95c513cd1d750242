"""Our JavaScript (static/checker/pack.js) answers on inspector packs as our Python does; cborg reads what our CBOR is."""

import json
from random import Random
from typing import Any

from tests.peers.javascript import run
from tests.peers.test_codes import SCRIPT as CODES_SCRIPT
from tests.vectors import packs
from verify.manifest import fingerprint

SCRIPT = CODES_SCRIPT.with_name("packs.mjs")
CBORG = CODES_SCRIPT.with_name("cborg.mjs")
STORED: dict[str, Any] = json.loads(packs.PATH.read_text(encoding="utf-8"))


def asked(given: list[dict[str, Any]]) -> dict[str, Any]:
    job = {name: STORED[name] for name in ("at", "key", "held", "codes")} | {"packs": given}
    found: dict[str, Any] = json.loads(run(SCRIPT, given=json.dumps(job)))
    return found


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
    good = STORED["packs"][0]
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


def test_cborg_reads_packs_and_codes_as_ours_does() -> None:
    raw = [each["manifest"] for each in STORED["packs"][:3]]
    raw += [body for each in STORED["packs"][:3] for body in each["parts"].values()]
    answers = json.loads(run(CBORG, given=json.dumps(raw)))
    assert len(answers) == len(raw)
    # The filter is no CBOR: neither of the two reads it.
    assert {"same"} <= set(answers) <= {"same", "neither"}
