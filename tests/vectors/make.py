"""Makes the vectors anew: `python -m tests.vectors.make`. Fixed keys and instants: the same code writes the same bytes.

Each file in `bad/` is named by the code that a verifier answers with, and after `--` by what was done; each in `good/`
by what it is. The clock is `NOW` of `tests.builders`; what is trusted is in `trust.json`.
"""

from datetime import date, timedelta
from pathlib import Path

from issuers.secure import serialize
from tests.builders import (
    BASE,
    FOOD,
    HAZARD,
    LAO,
    NOW,
    OTHER_LAO,
    forge,
    make_authority,
    make_credential,
    make_did_document,
    make_draft,
    make_entries,
    make_issuer,
    make_license,
    make_lists,
    make_person_license,
    make_signer,
    make_type,
    sign,
)
from verify.document import parse_document
from verify.trust import trust_document
from vocab.disclosure import disclosed
from vocab.graph import date_time
from vocab.license import Term
from vocab.resource import did_web

HERE = Path(__file__).parent
TRUST = HERE / "trust.json"
REVOKED_KEY_LAO = "lao-05100101"
ONE, OTHER, RETIRED = make_authority(), make_authority(OTHER_LAO), make_authority(REVOKED_KEY_LAO)
FOREVER = Term(valid_from=date(2026, 1, 5), no_expiry=True)
PAST = Term(valid_from=date(2020, 1, 1), expires_on=date(2020, 12, 31))
FUTURE = Term(valid_from=date(2030, 1, 1), expires_on=date(2030, 12, 31))


def trust() -> bytes:
    issuers = [
        (make_issuer(ONE, [FOOD])[0], make_did_document(ONE)),
        (make_issuer(OTHER, [FOOD, HAZARD])[0], make_did_document(OTHER)),
        (make_issuer(RETIRED, [FOOD])[0], make_did_document(RETIRED, revoked=NOW - timedelta(days=30))),
    ]
    lists = make_lists(ONE, revoked=[8], suspended=[9])
    return serialize(trust_document(BASE, NOW - timedelta(hours=1), NOW + timedelta(days=7), issuers, lists))


def with_index(index: int) -> bytes:
    return sign(make_draft(status=make_entries(LAO, index)), ONE.signer)


def good() -> dict[str, bytes]:
    """Genuine and in force."""
    return {
        "company": make_credential(),
        "person-masked": make_credential(disclosed(make_person_license(), make_type())),
        "no-expiry": make_credential(make_license(term=FOREVER)),
        "no-status": sign(make_draft(status=()), ONE.signer),
        "issuer-without-name": sign(make_draft() | {"issuer": ONE.did}, ONE.signer),
        "number-in-thai": make_credential(make_license("อ. ๔๕/๒๕๖๙ (ข)")),
    }


def bad() -> dict[str, bytes]:
    """Not genuine, not in force, or not known, by the code."""
    raw = make_credential()
    draft = make_draft()
    node = parse_document(raw)
    hazard = make_draft(make_license(type=HAZARD), ONE, type_code=HAZARD)
    subject = draft["credentialSubject"]
    return {
        # Not genuine
        "not-a-credential--cut-off": raw[:-1],
        "malformed-document--duplicate-key": raw.replace(b'"id":', b'"id":"urn:x:1","id":', 1),
        "malformed-document--deep": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        "malformed-document--not-a-number": b'{"a":NaN}',
        "malformed-document--lone-surrogate": b'{"a":"\\ud800"}',
        "malformed-document--undefined-term": serialize(node | {"undefined": "x"}),
        "malformed-document--unknown-context": serialize(
            node | {"@context": [draft["@context"][0], "https://evil.example/ctx/license/v1"]}
        ),
        "malformed-credential--no-proof": serialize(node | {"proof": []}),
        "malformed-credential--inline-context": serialize(node | {"@context": [*draft["@context"], {"x": "urn:x:y"}]}),
        "malformed-credential--context-inside": serialize(
            node | {"credentialSubject": node["credentialSubject"] | {"@context": {}}}
        ),
        "malformed-credential--status-under-its-iri": serialize(
            {
                "https://www.w3.org/2018/credentials#credentialStatus" if key == "credentialStatus" else key: value
                for key, value in node.items()
            }
        ),
        "malformed-credential--type-under-its-keyword": serialize(
            node | {"type": "VerifiableCredential", "@type": "LicenseCredential"}
        ),
        "malformed-credential--other-number": forge(
            draft | {"credentialSubject": subject | {"licenseNumber": "13/2567"}}, ONE.signer
        ),
        "malformed-proof--other-cryptosuite": serialize(
            node | {"proof": node["proof"] | {"cryptosuite": "eddsa-jcs-2022"}}
        ),
        "proof-expired--an-hour-ago": forge(draft, ONE.signer, expires=date_time(NOW - timedelta(hours=1))),
        "malformed-proof--other-purpose": forge(draft, ONE.signer, proofPurpose="authentication"),
        "invalid-signature--number-altered": raw.replace(b"12/2567", b"12/2568").replace(b"12~2F2567", b"12~2F2568"),
        "invalid-signature--other-key": forge(draft, OTHER.signer, verificationMethod=ONE.signer.verification_method),
        "issuer-mismatch--key-of-another-authority": forge(draft, OTHER.signer),
        "unknown-issuer--of-no-register": forge(
            draft | {"issuer": did_web(BASE, "lao-99999999")},
            make_signer("x", did_web(BASE, "lao-99999999")),
        ),
        "key-not-usable--revoked": make_credential(make_license(authority=REVOKED_KEY_LAO), RETIRED),
        "not-mandated--other-type": forge(hazard, ONE.signer),
        "not-mandated--name-space-of-another-authority": forge(
            draft | {"credentialSubject": subject | {"id": str(make_license(authority=OTHER_LAO).iri)}}, ONE.signer
        ),
        # Not known
        "key-unknown--newer-than-the-trust-data": forge(
            draft, make_signer("next", ONE.did), created="2099-01-01T00:00:00Z"
        ),
        "issuer-mismatch--key-that-should-be-known": forge(draft, make_signer("next", ONE.did)),
        # Genuine, and not in force
        "withdrawn--revoked": with_index(8),
        "suspended--suspended": with_index(9),
        "expired--past-term": make_credential(make_license(term=PAST)),
        "pending--future-term": make_credential(make_license(term=FUTURE)),
        # Genuine, and not known whether in force
        "expiry-not-stated--no-dates": make_credential(make_license(term=Term())),
        "status-unavailable--no-list": make_credential(make_license(authority=OTHER_LAO), OTHER),
    }


def main() -> None:
    TRUST.write_bytes(trust())
    for name, vectors in (("good", good()), ("bad", bad())):
        folder = HERE / name
        folder.mkdir(exist_ok=True)
        for old in folder.glob("*.json"):
            old.unlink()
        for reason, raw in vectors.items():
            (folder / f"{reason}.json").write_bytes(raw)


if __name__ == "__main__":
    main()
