"""Makes `packs.json` anew: `python -m tests.vectors.packs`. Fixed keys and instants: the same code writes the same bytes.

For whoever implements docs/pack-format.md. Each vector is a manifest and its parts (hexadecimal digits), what is expected of its
key and what is held already; `answer` is `good`, or the code of the refusal; good ones say what codes are answered with them.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from issuers.pack import ListBits, packed_parts
from issuers.signer import SoftwareSigner
from tests.builders import BASE, NOW, make_signer
from tests.codes import ADDRESS, CHECK_ID, NO_LIST, ONE, REVOKED, SUSPENDED, code, code_signer, compact, ed25519
from tests.packs import KEY, MADE, OTHER_KEY, UNTIL, Parts, bits, contents, handed_over, manifest, packed
from verify import cbor
from verify.errors import PackRefused
from verify.manifest import (
    CODE_KEYS,
    CONTEXT,
    HANDOVER,
    MAX_HANDOVERS,
    TIMES,
    Handover,
    handover_to_be_signed,
    header,
    open_manifest,
    seconds,
)
from verify.pack import read_pack
from verify.scanned import examine_code
from vocab.graph import date_time

PATH = Path(__file__).with_name("packs.json")
STRANGE = ADDRESS.replace(CHECK_ID, "0" * 26)
SCANNED = {
    "active": code(),
    "withdrawn": code(compact(status=REVOKED)),
    "suspended": code(compact(status=SUSPENDED)),
    "no-list": code(compact(status=NO_LIST)),
    "address": ADDRESS,
    "never-issued": STRANGE,
    "altered": code()[:-3] + "000",
    "stranger": code(None, code_signer(ONE, "stranger")),
}
EXPIRED_KEY = packed(ONE, expires=datetime(2020, 1, 1, tzinfo=UTC))
REVOKED_KEY = packed(ONE, revoked=NOW)
NEWER, NEWEST, OLDER = (make_signer(f"{name} pack", BASE) for name in ("newer", "newest", "older"))
"""Keys before and after the one that is expected (`KEY`)."""


def good() -> Iterator[tuple[str, bytes, Parts]]:
    for name, what in {
        "all": contents(),
        "without-filter": contents(ids=None),
        "nothing-revoked": contents(revoked=()),
        "lists-too-old": contents(until=NOW - timedelta(seconds=1)),
        "withdrawn-and-suspended-by-lists-too-old": contents(
            revoked=(REVOKED[1], SUSPENDED[1]), until=NOW - timedelta(seconds=1)
        ),
        "key-expired": contents(keys=[EXPIRED_KEY]),
        "key-revoked": contents(keys=[REVOKED_KEY]),
        "no-keys": contents(keys=[]),
        "no-keys-for-credentials": contents(keys=[packed(ONE)]),
        "many-ids": contents(ids=[CHECK_ID, *(f"{n:026d}" for n in range(1, 10_000))]),
        "list-of-a-million": contents(extra=[ListBits(ONE.code, "revocation", 2, bits(7) * 8, MADE, UNTIL)]),
    }.items():
        parts = packed_parts(what)
        yield f"good--{name}", manifest(parts), parts
    parts = packed_parts(contents())
    yield "good--made-up", manifest(parts, is_demo=True), parts
    for name, signers in {
        "handed-over": (KEY, NEWER),
        "handed-over-twice": (KEY, NEWER, NEWEST),
        "handed-over-long-ago": (OLDER, KEY),
        "handed-over-before-and-after": (OLDER, KEY, NEWER),
        "handed-over-by-as-many-as-may-be": _row(MAX_HANDOVERS),
    }.items():
        yield f"good--{name}", manifest(parts, signers[-1], handovers=handed_over(*signers)), parts
    broken = {place: body for place, body in parts.items() if place[0] != 4} | {(4, 0): _broken_list(parts[4, 0])}
    yield "good--list-that-cannot-be-inflated", manifest(dict(sorted(broken.items()))), broken


def bad() -> Iterator[tuple[str, bytes, Parts]]:
    parts = packed_parts(contents())
    signed = manifest(parts)
    outer: Any = cbor.decoded(signed)
    said: Any = cbor.decoded(outer[2])
    yield "pack-altered--signature", signed[:-1] + bytes([signed[-1] ^ 1]), parts
    yield (
        "pack-altered--content",
        cbor.encoded([outer[0], {}, outer[2].replace(_seconds(MADE), _seconds(NOW)), outer[3]]),
        parts,
    )
    yield "pack-altered--part", signed, parts | {(2, 0): parts[2, 0][:-1] + b"\x00"}
    yield "pack-altered--part-missing", signed, {place: body for place, body in parts.items() if place != (3, 0)}
    yield "pack-altered--part-longer", signed, parts | {(3, 0): parts[3, 0] + b"\x00"}
    yield "pack-other-key--signed-by-it", manifest(parts, OTHER_KEY), parts
    yield "pack-other-key--without-a-handover", manifest(parts, NEWER), parts
    yield (
        "pack-other-key--handed-over-by-others",
        manifest(parts, NEWER, handovers=handed_over(OTHER_KEY, NEWER)),
        parts,
    )
    for name, handovers in _false_handovers().items():
        yield f"pack-altered--{name}", manifest(parts, NEWEST, handovers=handovers), parts
    yield "pack-older--than-held-handed-over", _handed_over_older(parts), parts
    yield "pack-older--than-held", manifest(parts, made=MADE - timedelta(seconds=1)), parts
    yield "pack-expired--a-second-ago", manifest(parts, expires=NOW - timedelta(seconds=1)), parts
    for name, signers in {
        "handovers-in-a-circle": (NEWER, KEY, NEWER, NEWEST),
        "handovers-back-to-the-first": (NEWER, KEY, NEWER),
        "handovers-to-itself": (KEY, KEY),
        "handovers-too-many": _row(MAX_HANDOVERS + 1),
    }.items():
        yield f"pack-malformed--{name}", manifest(parts, signers[-1], handovers=handed_over(*signers)), parts
    for name, raw in {
        "empty": b"",
        "page": b"<!doctype html>",
        "cut-off": signed[:-9],
        "longer": signed + b"\x00",
        "three": cbor.encoded(outer[:3]),
        "unprotected": cbor.encoded([outer[0], {4: b""}, *outer[2:]]),
        "header": cbor.encoded([cbor.encoded({1: -8, 4: b"12345678"}), *outer[1:]]),
        "short-signature": cbor.encoded([*outer[:3], outer[3][:63]]),
        **{f"content-{name}": _resealed(said | changes, outer) for name, changes in _changes(said).items()},
    }.items():
        yield f"pack-malformed--{name}", raw, parts
    for name, changed in {
        "part-no-list": {(1, 0): cbor.encoded({1: 2})},
        "part-no-cbor": {(1, 0): b"\xff"},
        "type-without-a-name": {(3, 0): cbor.encoded([{1: "food-premises"}])},
        "type-with-more": {(3, 0): cbor.encoded([{1: "food-premises", 2: "a", 9: 1}])},
        "authority-of-another-form": {(1, 0): cbor.encoded([{1: "A B", 2: "a", 4: []}])},
        "key-of-31-bytes": {(CODE_KEYS, 0): cbor.encoded([{1: ONE.code, 2: bytes(31)}])},
        "key-of-nobody": {(CODE_KEYS, 0): cbor.encoded([{1: "dep-9999", 2: bytes(32)}])},
        "times-missing": {(TIMES, 0): b"\x80"},
        "times-negative": {(TIMES, 0): cbor.encoded([-1, 1, 1, 1])},
        "short-list": {
            (4, 0): cbor.encoded([{1: ONE.code, 2: 1, 3: 1, 4: 8, 5: b""}]),
            (TIMES, 0): cbor.encoded([1, 2]),
        },
        "purpose": {
            (4, 0): cbor.encoded([{1: ONE.code, 2: 3, 3: 1, 4: 131072, 5: b""}]),
            (TIMES, 0): cbor.encoded([1, 2]),
        },
    }.items():
        other = parts | changed
        yield f"pack-malformed--{name}", manifest(other), other


def _row(count: int) -> tuple[SoftwareSigner, ...]:
    """The key that is expected, and as many after it."""
    return (KEY, *(make_signer(f"pack {n}", BASE) for n in range(count)))


def _handed_over_older(parts: Parts) -> bytes:
    return manifest(parts, NEWER, handovers=handed_over(KEY, NEWER), made=MADE - timedelta(seconds=1))


def _false_handovers() -> dict[str, list[Handover]]:
    """Chains from the key that is expected to NEWEST, of which a link does not hold."""
    first, second = handed_over(KEY, NEWER, NEWEST)
    said = handover_to_be_signed(BASE, ed25519(KEY), ed25519(NEWEST), MADE)
    named, payload = header(ed25519(KEY)), cbor.encoded([BASE, ed25519(NEWEST), seconds(MADE)])
    assert said == cbor.encoded(["Signature1", named, HANDOVER, payload])
    return {
        "handover-of-the-middle-missing": [first],
        "handover-to-another-key": handed_over(KEY, NEWER),
        "handover-in-disorder": [second, first],
        "handover-by-another-key": [replace(first, signature=NEWER.sign(said))],
        "handover-by-the-new-key-itself": [replace(first, signature=NEWEST.sign(said))],
        "handover-at-another-instant": [first, replace(second, at=second.at + timedelta(seconds=1))],
        "handover-at-another-register": [
            Handover(
                ed25519(KEY),
                MADE,
                KEY.sign(handover_to_be_signed("https://elsewhere.example", ed25519(KEY), ed25519(NEWEST), MADE)),
            )
        ],
        "handover-signed-as-a-pack": [
            Handover(ed25519(KEY), MADE, KEY.sign(cbor.encoded(["Signature1", named, CONTEXT, payload])))
        ],
        "handover-signed-as-nothing": [Handover(ed25519(KEY), MADE, KEY.sign(payload))],
        "handover-of-one-that-is-older-than-expected": [
            replace(handed_over(OLDER, KEY)[0], signature=bytes(64)),
            *handed_over(KEY, NEWER, NEWEST),
        ],
    }


def _changes(said: dict[int, Any]) -> dict[str, dict[int, Any]]:
    listed = said[7]
    return {
        "of-another-form": {1: 2},
        "more": {10: 1},
        "demo-a-number": {8: 1},
        "no-base": {2: "license.example.go.th"},
        "short-key": {3: bytes(31)},
        "negative": {4: -1},
        "text-for-number": {5: "now"},
        "parts-in-disorder": {7: listed[::-1]},
        "part-twice": {7: [listed[0], *listed]},
        "part-of-another-kind": {7: [*listed, [7, 0, bytes(32), 1]]},
        "part-without-digest": {7: [[1, 0, b"", 1]]},
        "part-of-three": {7: [[1, 0, bytes(32)]]},
        "part-too-large": {7: [[1, 0, bytes(32), 1 << 25]]},
        "handovers-none": {9: []},
        "handovers-a-number": {9: 1},
        "handover-no-list": {9: [1]},
        "handover-of-two": {9: [[bytes(32), 1]]},
        "handover-of-a-short-key": {9: [[bytes(31), 1, bytes(64)]]},
        "handover-without-an-instant": {9: [[bytes(32), b"", bytes(64)]]},
        "handover-before-1970": {9: [[bytes(32), -1, bytes(64)]]},
        "handover-of-a-short-signature": {9: [[bytes(32), 1, bytes(63)]]},
    }


def _resealed(said: dict[int, Any], outer: list[Any]) -> bytes:
    return cbor.encoded([outer[0], {}, cbor.encoded(said), outer[3]])


def _broken_list(part: bytes) -> bytes:
    lists: Any = cbor.decoded(part)
    return cbor.encoded([each | {5: each[5][:-1]} for each in lists])


def _seconds(instant: datetime) -> bytes:
    return int(instant.timestamp()).to_bytes(4, "big")


def answered(raw: bytes, parts: dict[str, str]) -> dict[str, Any]:
    """What our Python answers: `answer`, and for a good pack the verdicts on the codes."""
    bodies = {bytes.fromhex(sha256): bytes.fromhex(body) for sha256, body in parts.items()}
    try:
        pack = read_pack(open_manifest(raw, NOW, key=ed25519(KEY), held=MADE), bodies)
    except PackRefused as error:
        return {"answer": error.code}
    verdicts = {}
    for name, scanned in SCANNED.items():
        found = examine_code(scanned, pack, NOW)
        verdicts[name] = [
            *(
                found.genuine.answer.value,
                str(found.genuine.code),
                found.in_force.answer.value,
                str(found.in_force.code),
            )
        ]
    return {"answer": "good", "verdicts": verdicts}


def made() -> dict[str, Any]:
    """All of `packs.json`."""
    vectors = []
    for name, raw, parts in (*good(), *bad()):
        # A part is found by its digest as it was announced: an altered one stands under the name of the right one.
        announced = _announced(raw, parts)
        vectors.append({"name": name, "manifest": raw.hex(), "parts": announced} | answered(raw, announced))
    return {
        "at": date_time(NOW),
        "key": ed25519(KEY).hex(),
        "held": date_time(MADE),
        "codes": SCANNED,
        "packs": vectors,
    }


def _announced(raw: bytes, parts: Parts) -> dict[str, str]:
    try:
        listed = open_manifest(raw, NOW - timedelta(days=100)).parts
    except PackRefused:
        return {}
    return {
        part.sha256.hex(): parts[part.kind, part.index].hex() for part in listed if (part.kind, part.index) in parts
    }


if __name__ == "__main__":
    PATH.write_text(json.dumps(made(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
