"""Makes `codes.json` anew: `python -m tests.vectors.codes`. Fixed keys and instants: the same code writes the same bytes.

For whoever implements docs/qr-format.md, and for our own two readers. A code's name is the reason of its verdict, and after `--`
what it is or what was done to it. `trust` is all that a verifier needs, in plain terms.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from issuers.controller import PublishedKey
from registry.presented.given import Given, GivenKind, given
from tests.builders import BASE, HAZARD, LAO, NOW, SIGNED_AT, make_authority, make_license
from tests.codes import (
    ADDRESS,
    CHECK_ID,
    NO_LIST,
    ONE,
    OTHER,
    OTHER_ID,
    REVOKED,
    SUSPENDED,
    code,
    code_signer,
    compact,
    ed25519,
    forged,
    issuer,
    trust,
    whole,
)
from verify import cbor
from verify.compact import ADDRESS_LINES, ALGORITHM, MAX_CHARACTERS, from_digits, key_id, to_digits
from verify.scanned import examine_code
from verify.trust import Issuer, TrustData
from verify.verdict import Answer, Verdict
from vocab.graph import date_time
from vocab.license import Term

PATH = Path(__file__).with_name("codes.json")
MINUTE = timedelta(seconds=60)
EXPIRED_AT = SIGNED_AT + timedelta(days=30)
STRANGER = make_authority("lao-05100101")
EXPIRED_KEY, REVOKED_KEY = code_signer(ONE, "expired"), code_signer(ONE, "revoked")
SCRIPTS = {
    "thai": "ก๊วยเตี๋ยวเรือ นายฮั้ง ๙๙",
    "ascii": "Noodles & Co. #1 (24h)",
    "latin": "Café Große Öl – “Bar”",
    "chinese": "曼谷餐厅 สาขา 泰国",
    "non-bmp": "ร้าน🎵เพลง🎶",
    "private-use": "\ue000\uf200\uf2ff ก",
    "long-line": "ร้านอาหาร " * 12,
    "two-lines": "ร้านหนึ่ง\nร้านสอง",
}


def issuers() -> tuple[Issuer, ...]:
    others = (
        PublishedKey(public_multibase=EXPIRED_KEY.public_multibase, expires=EXPIRED_AT),
        PublishedKey(public_multibase=REVOKED_KEY.public_multibase, revoked=NOW),
    )
    return issuer(ONE, *others), issuer(OTHER, types=(HAZARD,))


def known() -> TrustData:
    return trust(*issuers())


def good() -> Iterator[tuple[str, str]]:
    """Genuine; what its licence's state is, says the name."""
    yield "active--company", code()
    yield "active--no-expiry", code(compact(make_license(term=Term(valid_from=date(2026, 1, 5), no_expiry=True))))
    yield "active--last-day", code(compact(expires_on=date(2026, 11, 21)))
    yield "active--number-in-thai", code(compact(make_license("อ. ๔๕/๒๕๖๙ (ข)")))
    yield "active--qualifier", code(compact(make_license(qualifier="obkk.be2567.d2024-02-29.n2")))
    yield (
        "active--nothing-but-the-needed",
        code(replace(compact(), licensees="", premises="", address="", issued_on=None, valid_from=None)),
    )
    yield "active--left-out", code(compact(address="", left_out=frozenset({ADDRESS_LINES})))
    yield "active--before-the-epoch", code(compact(issued_on=date(1, 1, 1), valid_from=date(1932, 6, 24)))
    yield "active--last-day-of-the-calendar", code(compact(expires_on=date(9999, 12, 31)))
    yield "active--made-before-its-key-expired", code(compact(made=EXPIRED_AT), EXPIRED_KEY)
    yield "active--as-a-browser-writes-it", code().replace("HTTPS://ID.TEST.EXAMPLE/C/", "https://id.test.example/C/")
    yield from ((f"active--{name}", text) for name, text in _spelled(code()).items())
    yield "active--blanks-without-end-before-it", f"{chr(10) * 5_000}{code()}"
    yield "active--characters-of-two-units-each", code().replace("#", f"?{'🎵' * 2_000}#")
    yield from ((f"active--{name}", code(compact(premises=text.strip()))) for name, text in SCRIPTS.items())
    yield "active--on-a-screen", _screen(-5)
    yield "active--on-a-screen-clock-fast", _screen(-90)
    yield "active--on-a-screen-clock-slow", _screen(30)
    yield "suspended--on-a-screen", code(replace(compact(made=NOW, status=SUSPENDED), shown_until=NOW + MINUTE))
    yield "expired--day-before", code(compact(expires_on=date(2026, 11, 20)))
    yield "pending--day-after", code(compact(valid_from=date(2026, 11, 22)))
    yield "withdrawn--bit", code(compact(status=REVOKED))
    yield "suspended--bit", code(compact(status=SUSPENDED))
    yield "status-unavailable--no-such-list", code(compact(status=NO_LIST))
    yield "status-unavailable--beyond-the-list", code(compact(status=(1, 1 << 17)))
    yield "expiry-not-stated--no-dates", code(compact(make_license(term=Term(valid_from=date(2026, 1, 5)))))


def bad() -> Iterator[tuple[str, str]]:
    """Not genuine, or not known to be: the reason says why."""
    scanned = code()
    digits = scanned.partition("#")[2]
    yield "no-digits--address-only", ADDRESS
    yield "no-digits--nothing-behind-the-sign", f"{ADDRESS}#"
    yield "malformed-compact--another-address", "https://id.test.example/id/lic/x#1"
    yield "malformed-compact--empty", ""
    yield "malformed-compact--only-digits", digits
    yield "malformed-compact--longer-than-any", f"{ADDRESS}?{'x' * 4_096}#{digits}"
    yield "malformed-compact--blanks-without-end", f"a{' ' * 100_000}b"
    yield "malformed-compact--host-outside-ascii", f"HTTPS://ID.TEST.EXAMPL\u212a/C/{CHECK_ID}#{digits}"
    yield "malformed-compact--id-with-an-i", scanned.replace(CHECK_ID, "I" + CHECK_ID[1:])
    yield "unknown-issuer--other-host", scanned.replace("ID.TEST.EXAMPLE", "ID.TEST.EVIL.EXAMPLE")
    yield "unknown-issuer--port", scanned.replace("ID.TEST.EXAMPLE", "ID.TEST.EXAMPLE:8443")
    yield "unknown-issuer--port-of-the-other-way", scanned.replace("ID.TEST.EXAMPLE", "ID.TEST.EXAMPLE:80")
    yield from ((f"no-digits--{name}", text) for name, text in _spelled(ADDRESS).items() if "\n" not in text[1:-2])
    for name, added in {
        "two-slashes": "//",
        "more-in-the-path": "/x",
        "sign-encoded": "%23",
        "joiner": "\u200d",
        "letter": "A",
        "way-in-the-query-before-the-path": "\\?",
    }.items():
        yield f"malformed-compact--address-and-{name}", f"{ADDRESS}{added}#{digits}"
    yield "malformed-compact--user-before-the-host", scanned.replace("://", "://ID.TEST.EXAMPLE@")
    yield "malformed-compact--two-ports", scanned.replace(".EXAMPLE/", ".EXAMPLE:8443:443/")
    yield "malformed-compact--another-way", scanned.replace("HTTPS", "FTP")
    yield "malformed-compact--no-way", scanned.replace("HTTPS://", "")
    yield "malformed-compact--path-encoded", scanned.replace("/C/", "/%43/")
    yield "invalid-signature--other-id", scanned.replace(CHECK_ID, OTHER_ID)
    yield from _bad_digits(digits)
    yield from _bad_cose(digits)
    yield from _bad_keys()
    yield from _bad_payloads()
    yield "display-over--a-second-beyond-the-skew", _screen(-91)
    yield "display-over--a-picture-of-yesterday", _screen(-86_400)
    yield "display-ahead--a-second-beyond-the-skew", _screen(31)
    yield "not-mandated--type", code(compact(license_type=HAZARD))
    yield "not-mandated--other-authority-other-type", code(compact(), code_signer(OTHER))


def _spelled(text: str) -> dict[str, str]:
    """The same code or address as browsers, chats and scanners write it."""
    address, sign, digits = text.partition("#")
    return {
        "blanks-around-it": f" {text}\r\n",
        "separators-around-it": f"\x1c{text}\x1f",
        "blanks-of-other-kinds-around-it": f"\ufeff\xa0{text}\u3000\u200b\x85",
        "in-small-letters": text.lower(),
        "without-tls": text.replace("HTTPS", "http"),
        "with-its-port": text.replace("ID.TEST.EXAMPLE", "ID.TEST.EXAMPLE:443"),
        "without-tls-with-its-port": text.replace("HTTPS://ID.TEST.EXAMPLE", "http://id.test.example:80"),
        "with-a-slash": f"{address}/{sign}{digits}",
        "with-a-query": f"{address}?lang=en{sign}{digits}",
        "with-an-empty-query": f"{address}?{sign}{digits}",
        "with-a-slash-and-a-query": f"{address}/?utm_source=ไลน์&x=/C/{sign}{digits}",
        "broken-into-lines": "\r\n".join(text[at : at + 60] for at in range(0, len(text), 60)),
        "with-blanks-inside": f"{text[:40]} {text[40:]}",
        "with-breaks-of-no-width": f"{text[:30]}\u200b{text[30:]}\u2060",
    }


def leads(what: Given, reason: str) -> str:
    """Where `/verify` leads somebody who gave a text, in the words of the vectors."""
    match what.kind:
        case GivenKind.CODE:
            return reason
        case GivenKind.CHECK:
            return "address"
        case GivenKind.OURS | GivenKind.FOREIGN as kind:
            return kind.value
        case _:
            return "other"


def spellings() -> Iterator[tuple[str, str]]:
    """Texts that somebody may paste, beside all that are vectors of their own."""
    base = BASE.removeprefix("https://")
    yield "a number", "12/2567"
    yield "words", "ร้าน ตัวอย่าง"
    yield "nothing", " "
    yield "the register", BASE
    yield "a page", f"{BASE}/doc/html/lic/x"
    yield "a page with its port", f"{BASE}:443/doc/html/lic/x"
    yield "a page without tls", f"http://{base}/search?q=1#2"
    yield "another port", f"{BASE}:8443/C/{CHECK_ID}"
    yield "another site", "https://line.me/R/ti/p/@shop"
    yield "a host that begins as ours", f"{BASE}.evil.example/C/{CHECK_ID}#1"
    yield "a host that ends as ours", f"https://evil-{base}/C/{CHECK_ID}#1"
    yield "our host as a user", f"{BASE}@evil.example/C/{CHECK_ID}#1"
    yield "our host with a user", f"https://evil.example@{base}/C/{CHECK_ID}#1"
    yield "other letters for ours", f"https://{base.replace('e', 'ｅ')}/C/{CHECK_ID}#1"
    yield "a damaged id of ours", f"{BASE}/C/short#1"
    yield "a damaged id of others", "https://elsewhere.example/C/short#1"
    yield "an id cut off", f"{BASE}/C/{CHECK_ID[:-1]}"


def _screen(seconds: int) -> str:
    """A code for a screen, made so long before (or after) it is checked, and good for a minute."""
    made = NOW + timedelta(seconds=seconds)
    return code(replace(compact(made=made), shown_until=made + MINUTE))


def _bad_digits(digits: str) -> Iterator[tuple[str, str]]:
    for name, changed in {
        "letter": f"{digits[:50]}A{digits[51:]}",
        "thai-digit": f"{digits[:50]}๕{digits[51:]}",
        "joiner-inside": f"{digits[:50]}\u200d{digits[50:]}",
        "sign-inside": f"{digits[:50]}#{digits[50:]}",
        "minus": f"-{digits[1:]}",
        "last-digit-missing": digits[:-1],
        "last-group-missing": digits[:-17],
        "half-missing": digits[: len(digits) // 34 * 17],
        "one-digit": "1",
        "group-too-large": "9" * 17 + digits[17:],
        "ten-thousand": "1" * 10_000,
        "group-more": digits[: len(digits) // 17 * 17] + "0" * 17,
        "zeros": "0" * 340,
    }.items():
        yield f"malformed-compact--digits-{name}", f"{ADDRESS}#{changed}"


def _bad_cose(digits: str) -> Iterator[tuple[str, str]]:
    raw = from_digits(digits)
    protected, _, payload, signature = _parts(digits)
    key = key_id(ed25519(code_signer()))
    altered = bytes([payload[10] ^ 1])
    yield "invalid-signature--altered", whole([protected, {}, payload[:10] + altered + payload[11:], signature])
    yield (
        "invalid-signature--of-another-code",
        whole([protected, {}, payload, _parts(_digits(code(compact(make_license("1/2560")))))[3]]),
    )
    yield "invalid-signature--zeros", whole([protected, {}, payload, bytes(64)])
    order = (1 << 252) + 27742317777372353535851937790883648493
    upper = int.from_bytes(signature[32:], "little") + order
    yield (
        "invalid-signature--s-beyond-the-order",
        whole([protected, {}, payload, signature[:32] + upper.to_bytes(32, "little")]),
    )
    for name, other in {
        "followed-by-a-byte": raw + b"\x00",
        "tagged": b"\xd2" + raw,
        "no-list": b"\xa0",
        "number": b"\x01",
        "three-parts": cbor.encoded([protected, {}, payload]),
        "unprotected-header": cbor.encoded([protected, {4: key}, payload, signature]),
        "text-for-bytes": cbor.encoded([protected, {}, "payload", signature]),
        "short-signature": cbor.encoded([protected, {}, payload, signature[:63]]),
        "indefinite-list": b"\x9f" + raw[1:] + b"\xff",
        "longer-length": b"\x98\x04" + raw[1:],
        "nested": b"\x81" * 1000 + b"\x01",
        "long-list": b"\x9a\xff\xff\xff\xff",
        "long-bytes": b"\x5a\xff\xff\xff\xff",
        "eight-byte-length": b"\x9b" + bytes(7) + b"\x04" + raw[1:],
        "float": b"\xf9\x3c\x00",
        "null": b"\xf6",
        "big-number": b"\xc2\x58\x40" + b"\xff" * 64,
        "shared-reference": b"\xd8\x1c\x81\xd8\x1d\x00",
        "decimal-bomb": b"\xc4\x82\x1b\x00\x00\x00\x17\x48\x76\xe7\xff\x01",
        "header-no-cbor": cbor.encoded([b"\xff", {}, payload, signature]),
        "key-id-of-seven-bytes": cbor.encoded([cbor.encoded({1: ALGORITHM, 4: key[:7]}), {}, payload, signature]),
        "key-id-as-text": cbor.encoded([cbor.encoded({1: ALGORITHM, 4: "12345678"}), {}, payload, signature]),
        "header-key-twice": cbor.encoded([b"\xa2\x01\x32\x01\x32", {}, payload, signature]),
    }.items():
        yield f"malformed-compact--cose-{name}", f"{ADDRESS}#{to_digits(other)}"
    for name, header in {
        "algorithm": cbor.encoded({1: -8, 4: key}),
        "algorithm-true": cbor.encoded({1: True, 4: key}),
        "no-key": cbor.encoded({1: ALGORITHM}),
        "critical": cbor.encoded({1: ALGORITHM, 2: [4], 4: key}),
        "list": cbor.encoded([1, 4]),
        "empty": b"\xa0",
    }.items():
        yield f"unknown-method--header-{name}", forged(payload, header=header)
    yield "malformed-compact--header-of-no-bytes", forged(payload, header=b"")


def _bad_keys() -> Iterator[tuple[str, str]]:
    yield "key-unknown--nobody-has-it", code(None, code_signer(STRANGER))
    yield "key-unknown--a-credential-key", code(None, ONE.signer)
    yield "key-not-usable--made-after-it-expired", code(compact(made=EXPIRED_AT + timedelta(seconds=1)), EXPIRED_KEY)
    yield "key-not-usable--revoked", code(None, REVOKED_KEY)
    yield (
        "invalid-signature--key-named-is-another",
        forged(
            _parts(_digits(code()))[2],
            header=cbor.encoded({1: ALGORITHM, 4: key_id(ed25519(code_signer(OTHER)))}),
        ),
    )


def _bad_payloads() -> Iterator[tuple[str, str]]:
    """Signed by a key that may, and not as it must be: nobody but the authority itself can have made it."""
    said = _members(code())
    changed: dict[str, dict[int, Any]] = {
        "made-missing": {1: None},
        "type-missing": {2: None},
        "number-missing": {3: None},
        "status-missing": {12: None},
        "made-negative": {1: -1},
        "made-true": {1: True},
        "made-text": {1: "now"},
        "type-bytes": {2: b"food-premises"},
        "type-in-capitals": {2: "FOOD"},
        "type-of-another-form": {2: "a/b"},
        "number-text": {3: "12/2567"},
        "number-empty": {3: b""},
        "number-with-blanks": {3: b" 12/2567"},
        "number-not-normal": {3: b"e\x0e\x03\x01"},
        "number-of-a-citizen": {3: b"1101700203450"},
        "number-of-a-citizen-in-thai": {3: b"\x18\x1c" + bytes(0xD0 + int(each) for each in "1101700203450")},
        "number-turned-round": {3: b"12\x0e\x20\x2e67"},
        "number-of-private-use": {3: b"12\x0e\xe0\x00"},
        "qualifier-of-another-form": {4: "x"},
        "qualifier-without-such-a-day": {4: "d2023-02-29"},
        "text-cut-off": {5: b"abc\x0e\x0e"},
        "text-reserved": {5: b"abc\x0c"},
        "text-window-reserved": {5: b"\x18\x00\x80"},
        "text-window-reserved-too": {5: b"\x18\xa8\x80"},
        "text-unicode-reserved": {5: b"\x0f\xf2\x00\x41"},
        "text-half-a-character": {5: b"\x0f\xd8\x3c"},
        "text-halves-in-disorder": {5: b"\x0f\xdf\xb5\xd8\x3c"},
        "text-control": {5: b"a\x00b"},
        "text-tab": {5: b"a\tb"},
        "text-control-of-the-second-set": {5: b"a\x0e\x00\x85b"},
        "text-line-separator": {5: b"a\x0e\x20\x28b"},
        "day-before-the-calendar": {8: -719163},
        "day-after-the-calendar": {10: 2932897},
        "day-text": {10: "2027-01-04"},
        "days-in-a-list": {10: [20000]},
        "no-expiry-a-number": {11: 1},
        "status-a-number": {12: 7},
        "status-of-one": {12: [1]},
        "status-of-three": {12: [1, 2, 3]},
        "status-negative": {12: [1, -1]},
        "status-true": {12: [1, True]},
        "status-text": {12: [1, "7"]},
        "left-out-of-another-number": {13: [3]},
        "shown-until-before-it-was-made": {14: 1},
        "shown-until-the-instant-it-was-made": {14: said[1]},
        "shown-for-a-day": {14: said[1] + 86_400},
        "shown-until-text": {14: "now"},
        "shown-until-true": {14: True},
        "left-out-twice": {13: [6, 6]},
        "left-out-in-disorder": {13: [7, 6]},
    }
    for name, changes in changed.items():
        yield f"malformed-compact--{name}", _signed(said, changes)
    yield "unknown-method--a-later-member", _signed(said, {15: 1})
    yield "unknown-method--a-negative-member", _signed(said, {-1: 1})
    for name, payload in {
        "list": cbor.encoded([1]),
        "number": b"\x01",
        "nothing": b"",
        "map-in-disorder": b"\xa2\x02\x01\x01\x01",
        "key-twice": b"\xa2\x01\x01\x01\x01",
        "text-key": b"\xa1\x61a\x01",
        "false": b"\xa1\x0b\xf4",
        "number-too-long": b"\xa1\x01\x18\x01",
        "number-of-eight-bytes": b"\xa1\x01\x1b" + b"\xff" * 8,
        "text-no-utf-8": b"\xa1\x02\x61\xff",
        "text-half-a-character-in-utf-8": b"\xa1\x02\x63\xed\xa0\x80",
        "four-levels": b"\xa1\x0c\x81\x81\x81\x01",
    }.items():
        yield f"malformed-compact--content-{name}", forged(payload)


def _digits(scanned: str) -> str:
    return scanned.partition("#")[2]


def _parts(digits: str) -> tuple[bytes, Any, bytes, bytes]:
    protected, unprotected, payload, signature = cbor.decoded(from_digits(digits))  # type: ignore[misc]
    return protected, unprotected, payload, signature  # type: ignore[return-value]


def _members(scanned: str) -> dict[int, Any]:
    return dict(cbor.decoded(_parts(_digits(scanned))[2]))  # type: ignore[arg-type]


def _signed(said: dict[int, Any], changes: dict[int, Any]) -> str:
    return forged(cbor.encoded({key: value for key, value in (said | changes).items() if value is not None}))


def verdict(found: Verdict) -> dict[str, Any]:
    """The parts of a verdict that two implementations must agree on."""
    said = dict(found.credential.document) if found.credential and found.genuine.answer is Answer.YES else None
    return {
        "genuine": [found.genuine.answer.value, str(found.genuine.code)],
        "inForce": [found.in_force.answer.value, str(found.in_force.code)],
        "says": said,
    }


def made() -> dict[str, Any]:
    """All of `codes.json`."""
    trusted = known()
    return {
        "at": date_time(NOW),
        "trust": plain(trusted),
        "codes": [
            {"name": name, "scanned": scanned} | verdict(examine_code(scanned, trusted, NOW))
            for name, scanned in (*good(), *bad())
        ],
        "spellings": [
            {
                "name": name,
                "text": text,
                "leads": leads(given(text, BASE), str(examine_code(text, trusted, NOW).genuine.code)),
            }
            for name, text in (*spellings(), *good(), *bad())
            if len(text) < MAX_CHARACTERS
        ],
        "example": example(),
    }


def plain(trusted: TrustData) -> dict[str, Any]:
    """What is trusted, in plain terms: no credentials to read, no multibase."""
    return {
        "bases": sorted(trusted.bases),
        "asOf": date_time(trusted.as_of),
        "live": trusted.live,
        "issuers": [
            {
                "did": each.did,
                "authority": each.authority,
                "name": {"th": each.name.th, "en": each.name.en},
                "mayGrant": sorted(each.may_grant),
                "keys": [
                    {
                        "id": key.id,
                        "publicKey": _public(key.public_key),
                        "use": each.uses.get(key.id, ""),
                        "expires": date_time(key.expires) if key.expires else None,
                        "revoked": date_time(key.revoked) if key.revoked else None,
                    }
                    for key in each.keys.values()
                ],
            }
            for each in trusted.issuers.values()
        ],
        "statusLists": {
            f"{BASE}/status/{LAO}/revocation/1": {"entries": 1 << 17, "set": [REVOKED[1]]},
            f"{BASE}/status/{LAO}/suspension/1": {"entries": 1 << 17, "set": [SUSPENDED[1]]},
        },
    }


def _public(key: Any) -> str:
    return str(key.public_bytes_raw().hex())


def example() -> dict[str, str]:
    """One code, step by step, in hexadecimal digits."""
    signer, said = code_signer(), compact()
    scanned = code(said, signer)
    raw = from_digits(_digits(scanned))
    protected, _, payload, signature = _parts(_digits(scanned))
    structure = cbor.encoded(["Signature1", protected, ADDRESS.encode(), payload])
    return {
        "publicKey": ed25519(signer).hex(),
        "keyId": key_id(ed25519(signer)).hex(),
        "protected": protected.hex(),
        "payload": payload.hex(),
        "sigStructure": structure.hex(),
        "signature": signature.hex(),
        "cose": raw.hex(),
        "scanned": scanned,
    }


if __name__ == "__main__":
    PATH.write_text(json.dumps(made(), ensure_ascii=True, indent=1) + "\n", encoding="utf-8")
