"""Documents of up to 64 KB that are made to cost time, and what each costs. None is answered with "genuine"."""

import json
from collections.abc import Callable
from typing import Any

from vocab.terms import CREDENTIALS_V2, LICENSE_CONTEXT_PATH

LIMIT = 64 << 10
STRANGER = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"


def documents(secured: dict[str, Any], base: str) -> dict[str, bytes]:
    """Hostile variants of one good credential, by what is hostile in them."""
    plain = {
        "@context": [CREDENTIALS_V2],
        "id": "urn:x:1",
        "type": ["VerifiableCredential"],
        "issuer": STRANGER,
        "credentialSubject": {"id": "urn:x:2", "name": "x"},
        "proof": {**secured["proof"], "verificationMethod": f"{STRANGER}#{STRANGER.rpartition(':')[2]}"},
    }
    v2 = {**plain, "issuer": secured["issuer"], "proof": secured["proof"]}
    license_context = [CREDENTIALS_V2, base + LICENSE_CONTEXT_PATH]
    found: dict[str, Any] = {}
    for kind, body in {"of an authority": v2, "of a stranger": plain}.items():
        found |= {
            f"poison graph, 64 nodes, {kind}": {**body, "evidence": _poison(64)},
            f"poison graph, 7 nodes, {kind}": {**body, "evidence": _poison(7)},
            f"poison graph, 6 nodes, {kind}": {**body, "evidence": _poison(6)},
            f"ring of 64 nodes, {kind}": {**body, "evidence": _ring(64)},
            f"many small nodes, {kind}": {
                **body,
                "evidence": _filled(body, lambda n: {"id": f"urn:x:{n}", "type": "x"}),
            },
            f"many unnamed nodes, {kind}": {
                **body,
                "evidence": _filled(body, lambda n: {"type": "BitstringStatusListEntry"}),
            },
            f"many values, {kind}": {**body, "name": _filled(body, lambda n: {"@value": str(n), "@language": "th"})},
            f"many members, {kind}": {**body, **{f"x{n}": "y" for n in range(4_000)}},
            f"nested deep, {kind}": {**body, "evidence": _nested(18)},
            f"30 unnamed nodes with much in them, {kind}": {**body, "evidence": [_much(n) for n in range(30)]},
            f"990 named nodes, {kind}": {**body, "evidence": [{"id": f"urn:x:{n}"} for n in range(990)]},
            f"990 named nodes with a type, {kind}": {
                **body,
                "evidence": [{"id": f"urn:x:{n}", "type": "VerifiableCredential"} for n in range(990)],
            },
            f"3 lists of 990 texts, {kind}": {
                **body,
                "name": [str(n) for n in range(990)],
                "description": [str(n) for n in range(990)],
                "evidence": {"id": "urn:x:3", "type": "VerifiableCredential", "name": [str(n) for n in range(990)]},
            },
            f"60 proof graphs, {kind}": {
                **body,
                "evidence": [
                    {"id": f"urn:x:{n}", "type": "VerifiableCredential", "proof": {"id": f"urn:p:{n}"}}
                    for n in range(60)
                ],
            },
            f"wide and nested, {kind}": {**body, "evidence": [_nested(12) for _ in range(60)]},
            f"contexts inside, {kind}": {
                **body,
                "@context": [CREDENTIALS_V2, *({f"t{n}": f"urn:t:{n}"} for n in range(1_500))],
            },
            f"one wide context inside, {kind}": {
                **body,
                "@context": [CREDENTIALS_V2, {f"t{n}": {"@id": f"urn:t:{n}"} for n in range(1_500)}],
            },
            f"scoped contexts inside, {kind}": {**body, "@context": [CREDENTIALS_V2, _scoped(9)]},
            f"contexts over and over, {kind}": {**body, "@context": [CREDENTIALS_V2, *license_context * 400]},
            f"proofs, {kind}": {**body, "proof": [secured["proof"]] * 100},
            f"status entries, {kind}": {**body, "credentialStatus": secured["credentialStatus"] * 4},
            f"long text to escape, {kind}": {**body, "name": '"\\' * 14_000},
            f"long number, {kind}": {**body, "name": 0},
        }
    found["license with many nodes"] = {
        **secured,
        "credentialSubject": secured["credentialSubject"]
        | {"faceItem": _filled(secured, lambda n: {"id": f"urn:x:{n}", "type": "FaceItem", "code": str(n)})},
    }
    found["license with many conditions"] = {
        **secured,
        "credentialSubject": secured["credentialSubject"] | {"condition": _filled(secured, lambda n: f"{n}")},
    }
    found["license with unnamed nodes"] = {
        **secured,
        "credentialSubject": secured["credentialSubject"]
        | {"faceItem": _filled(secured, lambda n: {"type": "FaceItem"})},
    }
    texts = {name: json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode() for name, body in found.items()}
    texts |= {name: raw.replace(b'"name":0', b'"name":' + b"9" * 60_000) for name, raw in texts.items()}
    texts["brackets"] = b"[" * LIMIT
    texts["quotes"] = b'{"' + b'\\"' * (LIMIT // 2 - 4)
    texts["keys"] = b"{" + b",".join(b'"%d":0' % n for n in range(6_000)) + b"}"
    return {name: raw[:LIMIT] if len(raw) > LIMIT else raw for name, raw in texts.items()}


def _filled(body: dict[str, Any], make: Callable[[int], Any]) -> list[Any]:
    """As many as 64 KB hold."""
    room = LIMIT - len(json.dumps(body, ensure_ascii=False).encode()) - 100
    found: list[Any] = []
    used = 0
    while used < room:
        found.append(make(len(found)))
        used += len(json.dumps(found[-1], separators=(",", ":"), ensure_ascii=False)) + 1
    return found[:-1]


def _poison(size: int) -> list[Any]:
    """Unnamed nodes that all point at one another: each looks like the others."""
    names = [f"_:b{n}" for n in range(size)]
    return [
        {"id": name, "type": "VerifiableCredential", "evidence": [other for other in names if other != name][:30]}
        for name in names
    ]


def _much(n: int) -> Any:
    return {"type": "VerifiableCredential", "name": [f"{n}-{m}" for m in range(90)]}


def _ring(size: int) -> list[Any]:
    return [{"id": f"_:b{n}", "type": "VerifiableCredential", "evidence": f"_:b{(n + 1) % size}"} for n in range(size)]


def _nested(levels: int) -> Any:
    node: Any = {"type": "VerifiableCredential", "name": "x"}
    for _ in range(levels):
        node = {"type": "VerifiableCredential", "evidence": [node]}
    return node


def _scoped(levels: int) -> Any:
    context: Any = {"x": "urn:x:x"}
    for n in range(levels):
        context = {f"t{n}{m}": {"@id": f"urn:t:{n}:{m}", "@context": context} for m in range(2)}
    return context
