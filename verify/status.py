"""Bitstring Status List 1.0: is a bit set, according to a list that its issuer signed?"""

import zlib
from dataclasses import dataclass
from datetime import datetime

from verify.credential import Credential, StatusEntry, parse_credential
from verify.errors import IssuerMismatch, MalformedStatusList, StatusUnavailable
from verify.multikey import from_multibase64url
from vocab.terms import STATUS_LIST_CREDENTIAL

MINIMUM_BITS = 131_072
"""Bitstring Status List 3.1: a shorter list would tell too much of who is asked about."""
MAXIMUM_BITS = 1 << 25
"""33 million licences in one list; a presentation can have 32 lists looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusList:
    """The bits of one list, and the instant from which the issuer stands by them.

    `issuer`: the DID of whose list it is. `is_over`: it is no longer current. Then only a bit that is set says something, and
    that as of then.
    """

    url: str
    issuer: str
    purpose: str
    as_of: datetime
    bits: bytes
    is_over: bool = False

    def require_for(self, entry: StatusEntry, issuer: str) -> None:
        """Raises `IssuerMismatch`, `MalformedStatusList` unless this is a list of `issuer` (a DID), for what `entry` asks."""
        if self.issuer != issuer:
            raise IssuerMismatch(f"status list issuer does not match (got {self.issuer}, expected {issuer})")
        if self.purpose != entry.purpose:
            raise MalformedStatusList(f"list is for another purpose (got {self.purpose!r}, expected {entry.purpose!r})")

    def is_set(self, index: int) -> bool:
        """Bit `index`, 0 being the left-most of the first byte. Raises `MalformedStatusList` when out of range, and
        `StatusUnavailable` where it is not set in a list that is over."""
        if not 0 <= index < len(self.bits) * 8:
            raise MalformedStatusList(
                f"status index is beyond the list (got {index}, list has {len(self.bits) * 8} bits)"
            )
        is_set = bool(self.bits[index >> 3] & (0x80 >> (index & 7)))
        if self.is_over and not is_set:
            raise StatusUnavailable(f"status list of {self.as_of.isoformat()} is too old to say that no bit is set")
        return is_set


def read_status_list(raw: bytes, entry: StatusEntry, at: datetime) -> tuple[StatusList, Credential]:
    """The list that `entry` points to, and its credential, whose signature is still to be checked.

    Raises `MalformedStatusList` for another list, purpose or form; `StatusUnavailable` where the list is not current at
    `at`: an old list proves nothing about today. One without a beginning holds from `at`, when it was fetched.
    """
    credential = parse_credential(raw)
    subject = credential.subject
    if STATUS_LIST_CREDENTIAL not in credential.types or subject.get("type") != "BitstringStatusList":
        raise MalformedStatusList(f"this is not a status list (types {sorted(credential.types)})")
    if credential.id != entry.list_url:
        raise MalformedStatusList(f"this is another list (got {credential.id[:200]}, expected {entry.list_url[:200]})")
    purposes = subject.get("statusPurpose")
    if entry.purpose not in (purposes if isinstance(purposes, list) else [purposes]):
        raise MalformedStatusList(
            f"list is for another purpose (got {subject.get('statusPurpose')!r}, expected {entry.purpose!r})"
        )
    begins, ends = credential.valid_from or at, credential.valid_until
    if at < begins or (ends is not None and at > ends):
        raise StatusUnavailable(
            f"status list is not current (made {begins.isoformat()}, good until "
            f"{ends.isoformat() if ends else 'further notice'})"
        )
    bits = decode_bits(subject.get("encodedList"))
    found = StatusList(url=credential.id, issuer=credential.issuer, purpose=entry.purpose, as_of=begins, bits=bits)
    return found, credential


def decode_bits(encoded: object) -> bytes:
    """The bytes of an `encodedList`: `u`, base64url, gzip (3.2). Raises `MalformedStatusList`; inflates within bounds."""
    if not isinstance(encoded, str):
        raise MalformedStatusList("encodedList is a string")
    try:
        compressed = from_multibase64url(encoded, at_most=MAXIMUM_BITS // 8)
        inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        bits = inflater.decompress(compressed, MAXIMUM_BITS // 8 + 1)
    except (ValueError, zlib.error) as error:
        raise MalformedStatusList(f"encodedList cannot be read ({error})") from error
    if not inflater.eof or inflater.unused_data or len(bits) > MAXIMUM_BITS // 8:
        raise MalformedStatusList("encodedList is larger than we accept, or cut off")
    if len(bits) * 8 < MINIMUM_BITS:
        raise MalformedStatusList(f"list is too short (got {len(bits) * 8} bits, at least {MINIMUM_BITS})")
    return bits
