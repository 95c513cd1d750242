"""Status lists as an issuer makes them (Bitstring Status List 1.0)."""

import gzip
from datetime import datetime

from issuers.secure import secure
from issuers.signer import Signer
from verify.document import Document
from verify.multikey import multibase64url
from verify.status import MINIMUM_BITS
from vocab.contexts import DocumentLoader
from vocab.graph import date_time
from vocab.terms import CREDENTIALS_V2, STATUS_LIST_CREDENTIAL

LIST_BITS = MINIMUM_BITS
PURPOSES = ("revocation", "suspension")


def encode_bits(bits: bytes) -> str:
    """`encodedList`: `u` and base64url of the gzipped bits (3.3). The same bits always give the same text."""
    return multibase64url(gzip.compress(bits, mtime=0))


def with_bit(bits: bytes, index: int, value: bool) -> bytes:
    """`bits` with bit `index` (0 is the left-most of the first byte) set or cleared. Raises IndexError out of range."""
    changed = bytearray(bits)
    set_bit(changed, index, value)
    return bytes(changed)


def set_bit(bits: bytearray, index: int, value: bool) -> None:
    """As `with_bit`, in place."""
    if not 0 <= index < len(bits) * 8:
        # Python would count a negative index from the end, and another licence would be revoked.
        raise IndexError(f"no such bit (got {index}, list has {len(bits) * 8})")
    mask = 0x80 >> (index & 7)
    if value:
        bits[index >> 3] |= mask
    else:
        bits[index >> 3] &= ~mask


def draft_status_list(
    url: str, issuer: str, purpose: str, bits: bytes, *, valid_from: datetime, valid_until: datetime
) -> Document:
    """The unsecured status list credential. After `valid_until` verifiers must not rely on it."""
    return {
        "@context": [CREDENTIALS_V2],
        "id": url,
        "type": ["VerifiableCredential", STATUS_LIST_CREDENTIAL],
        "issuer": issuer,
        "validFrom": date_time(valid_from),
        "validUntil": date_time(valid_until),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encode_bits(bits),
        },
    }


def secure_status_list(unsecured: Document, signer: Signer, *, created: datetime, loader: DocumentLoader) -> bytes:
    """The signed list, verified before release."""
    return secure(unsecured, signer, created=created, loader=loader)
