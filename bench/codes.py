"""The codes of licences: signed, judged, drawn and read, beside what nobody can do without and beside another library."""

import random
from dataclasses import replace
from statistics import median
from typing import Any

import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.corpus import BASE, NOW, SIGNERS, Record, trust
from bench.measure import Contestant, in_turns, ratio
from issuers.compact import draft_compact, require_sealed, sealed_code
from issuers.controller import PublishedKey, did_document
from issuers.keys import new_signer
from issuers.qr import QUIET_ZONE, check_id, matrix, qr_address, svg
from verify.compact import to_digits
from verify.controlled_identifier import parse_did_document
from verify.scanned import examine_code
from verify.trust import CODES, TrustData
from verify.verdict import Answer
from vocab.disclosure import disclosed

Figures = dict[str, Any]
ROUNDS = 20
LISTS = 1
DRAWN = 40
"""Codes whose size is taken."""
CODE_SIGNERS = {signer.did: new_signer(signer.did, bytes([200 + n]) * 32) for n, signer in enumerate(SIGNERS)}
"""The authorities' keys for codes, which are others than those for credentials."""


def identity_of(record: Record) -> str:
    """What the address of the licence's code ends in."""
    return check_id(random.Random(record.credential_id).getrandbits(128))


def code_of(record: Record, identity: str) -> str:
    """The text of a licence's code, made as at publishing: signed, and its signature tried by the public key."""
    key = CODE_SIGNERS[record.signer.did]
    public = disclosed(record.license, record.grantor.license_type)
    said = draft_compact(public, status=(LISTS, record.status[0].index), made=NOW)
    sealed = sealed_code(said, BASE, identity, key)
    require_sealed(sealed, BASE, identity, key, whole=False)
    return f"{qr_address(BASE, identity)}#{to_digits(sealed)}"


def code_trust() -> TrustData:
    """Trust in the authorities, whose keys for codes are known too."""
    known = trust()
    issuers = {}
    for signer in SIGNERS:
        key = CODE_SIGNERS[signer.did]
        published = [PublishedKey(public_multibase=each.public_multibase) for each in (signer, key)]
        issuers[signer.did] = replace(
            known.issuers[signer.did],
            keys=parse_did_document(did_document(signer.did, published), signer.did),
            uses={key.verification_method: CODES},
        )
    return replace(known, issuers=issuers)


def judge(text: str, known: TrustData) -> None:
    """What a scanner read, to verdict; one that is not "genuine" stops the bench."""
    verdict = examine_code(text, known, NOW)
    if verdict.genuine.answer is not Answer.YES:
        raise RuntimeError(f"the bench's own code is not genuine: {verdict.genuine}")


def codes(records: list[Record]) -> Figures:
    """Seconds a piece, ratios, and how large the codes of `records` are."""
    count = len(records)
    identities = [identity_of(record) for record in records]
    texts = list(map(code_of, records, identities))
    known = code_trust()
    key = Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32)
    payload = bytes(len(texts[0]) // 3)  # about as long as what is signed
    signature, public = key.sign(payload), key.public_key()

    def make(n: int) -> str:
        return code_of(records[n % count], identities[n % count])

    def sign_and_try() -> None:
        public.verify(key.sign(payload), payload)

    taken = in_turns(
        {
            "limit make": Contestant(lambda n: sign_and_try(), 200),
            "make": Contestant(make, 100),
            "limit judge": Contestant(lambda n: public.verify(signature, payload), 200),
            "judge": Contestant(lambda n: judge(texts[n % count], known), 100),
            "draw": Contestant(lambda n: svg(texts[n % count]), 2),
            "draw zxing-cpp": Contestant(lambda n: _drawn(texts[n % count]).to_svg(), 2),
        },
        ROUNDS,
        {},
    )
    return {
        "seconds": {name: {"best": min(found), "median": median(found)} for name, found in taken.items()},
        "ratios": {name: ratio(of=taken[name], to=taken[f"limit {name}"]) for name in ("make", "judge")},
        "modules": {
            "ours": median(len(matrix(text)) for text in texts[:DRAWN]),
            "zxing-cpp": median(_drawn(text).to_image().shape[0] - 2 * QUIET_ZONE for text in texts[:DRAWN]),
            "without what is signed": len(matrix(texts[0].partition("#")[0])),
        },
    }


def _drawn(text: str) -> Any:
    return zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
