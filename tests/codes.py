"""QR codes as the tests of `verify.compact` and `verify.scanned` need them: signed by keys for codes, and what is trusted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from issuers.compact import draft_compact, sealed_code
from issuers.controller import PublishedKey, did_document
from issuers.keys import Algorithm, new_signer
from issuers.qr import qr_address
from issuers.signer import Signer, SoftwareSigner
from tests.builders import (
    BASE,
    FOOD,
    NOW,
    OTHER_LAO,
    SIGNED_AT,
    Authority,
    make_authority,
    make_license,
    make_lists,
    make_signer,
    make_type,
    seed_of,
)
from verify import cbor
from verify.compact import ALGORITHM, Compact, key_id, to_digits
from verify.controlled_identifier import parse_did_document
from verify.multikey import decode_public_key
from verify.trust import CODES, Issuer, TrustData
from vocab.disclosure import disclosed
from vocab.license import License
from vocab.resource import authority_iri, license_type_iri

CHECK_ID = "5SX3V8QK2M7RATC9YBD4EWGHJN"
OTHER_ID = "5SX3V8QK2M7RATC9YBD4EWGHJP"
ADDRESS = qr_address(BASE, CHECK_ID)
OTHER = make_authority(OTHER_LAO)
ONE = make_authority()
INDEX, REVOKED, SUSPENDED, NO_LIST = (1, 7), (1, 8), (1, 9), (2, 7)


def code_signer(authority: Authority = ONE, name: str = "") -> SoftwareSigner:
    """The key for codes of `authority`, or another one of its by `name`."""
    return make_signer(f"codes of {authority.code} {name}", authority.did)


def p256_signer(authority: Authority = ONE) -> SoftwareSigner:
    """A key that should never have been one for codes."""
    return new_signer(authority.did, seed_of("p256") + b"12345678", Algorithm.P256)


def issuer(
    authority: Authority = ONE,
    *others: PublishedKey,
    types: Sequence[str] = (FOOD,),
    uses: Mapping[str, str] | None = None,
) -> Issuer:
    """The authority as verifiers see it: its key for everything else, its key for codes, and `others` for codes."""
    published = [
        PublishedKey(public_multibase=authority.signer.public_multibase),
        PublishedKey(public_multibase=code_signer(authority).public_multibase),
        *others,
    ]
    codes = {f"{authority.did}#{key.public_multibase}": CODES for key in published[1:]}
    return Issuer(
        did=authority.did,
        name=authority.authority.name,
        authority=authority_iri(BASE, authority.code),
        may_grant=frozenset(license_type_iri(BASE, code) for code in types),
        keys=parse_did_document(did_document(authority.did, published), authority.did),
        uses=codes | dict(uses or {}),
    )


def trust(*issuers: Issuer, lists: Mapping[str, bytes] | None = None, live: bool = False) -> TrustData:
    known = issuers or (issuer(ONE), issuer(OTHER))
    return TrustData(
        base=BASE,
        as_of=NOW - timedelta(hours=1),
        expires=NOW + timedelta(days=7),
        issuers={each.did: each for each in known},
        status_lists=make_lists(ONE, revoked=[REVOKED[1]], suspended=[SUSPENDED[1]]) if lists is None else lists,
        live=live,
    )


def compact(license: License | None = None, *, made: datetime = SIGNED_AT, **changes: Any) -> Compact:
    """What the code of `license` says."""
    public = disclosed(license or make_license(), make_type())
    return replace(draft_compact(public, status=INDEX, made=made), **changes)


def code(said: Compact | None = None, signer: Signer | None = None, check_id: str = CHECK_ID) -> str:
    """A whole code, as an honest issuer releases it."""
    return f"{qr_address(BASE, check_id)}#{to_digits(sealed_code(said or compact(), BASE, check_id, signer or code_signer()))}"


def ed25519(signer: Signer) -> bytes:
    key = decode_public_key(signer.verification_method.rpartition("#")[2])
    assert isinstance(key, Ed25519PublicKey)
    return key.public_bytes_raw()


def forged(payload: bytes, *, header: bytes | None = None, signer: Signer | None = None, address: str = ADDRESS) -> str:
    """A whole code with a signature that fits, over bytes that an honest issuer would not sign."""
    signer = signer or code_signer()
    protected = cbor.encoded({1: ALGORITHM, 4: key_id(ed25519(signer))}) if header is None else header
    signature = signer.sign(cbor.encoded(["Signature1", protected, address.encode(), payload]))
    return whole([protected, {}, payload, signature], address)


def whole(parts: Iterable[Any], address: str = ADDRESS) -> str:
    return f"{address}#{to_digits(cbor.encoded(list(parts)))}"
