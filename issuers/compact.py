"""A licence to the signed payload of its QR code (docs/qr-format.md)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import combinations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from issuers.qr import fits, qr_address
from issuers.signer import Signer, public_key_of
from verify.compact import ADDRESS_LINES, LICENSEES, PREMISES, Compact, digits_of, seal, size, to_digits, unseal
from verify.cryptosuite import cryptosuite_of
from vocab.license import Address, License, LocalText
from vocab.terms import CRYPTOSUITE_EDDSA

_GIVEN_UP = tuple(
    members for count in range(4) for members in combinations((ADDRESS_LINES, PREMISES, LICENSEES), count)
)
"""In this order, until the rest fits: as few as possible, and rather the address than a name."""


class CodeKeyRefused(ValueError):
    """Codes are signed by Ed25519 keys only: other signatures would be no shorter, and each more kind is one more to check."""


def draft_compact(license: License, *, status: tuple[int, int], made: datetime) -> Compact:
    """What the code of `license`, which must be `disclosed` already, says; `status` is the number of its lists and its index."""
    addresses = [place.address for place in license.premises if not place.address.is_empty]
    return Compact(
        made=made,
        license_type=license.iri.type,
        number=license.number,
        qualifier=license.iri.qualifier or "",
        licensees=_lines([licensee.name for licensee in license.licensees]),
        premises=_lines([place.name for place in license.premises if place.name is not None]),
        address="\n".join(map(one_line, addresses)),
        issued_on=license.issued_on,
        valid_from=license.term.valid_from,
        expires_on=license.term.expires_on,
        no_expiry=license.term.no_expiry,
        status=status,
    )


def fitted(compact: Compact, base: str) -> Compact | None:
    """The same without the texts that its code has no room for (docs/qr-format.md, section 7); None where it has none at all."""
    address = qr_address(base, "0" * 26)
    for members in _GIVEN_UP:
        shown = _without(compact, members)
        if fits(address, digits_of(size(shown))):
            return shown
    return None


def over(compact: Compact, base: str) -> int:
    """By how many bytes a code with all of it would be too long; 0 where it fits."""
    address, needed = qr_address(base, "0" * 26), size(compact)
    room = next((count for count in range(needed, 0, -1) if fits(address, digits_of(count))), 0)
    return needed - room


def sealed_code(compact: Compact, base: str, check_id: str, signer: Signer) -> bytes:
    """What stands, as digits, behind the address of a licence's code; nothing where there is no room for it.

    Raises `CodeKeyRefused`, `issuers.signer.SigningUnavailable`.
    """
    key = public_key_of(signer.verification_method)
    if not isinstance(key, Ed25519PublicKey):
        raise CodeKeyRefused(
            f"codes are signed by Ed25519 keys (expected {CRYPTOSUITE_EDDSA}, got {cryptosuite_of(key)})"
        )
    address, public = qr_address(base, check_id), key.public_bytes_raw()
    whole = seal(compact, address, public, signer.sign)
    if fits(address, digits_of(len(whole))):
        return whole
    shown = fitted(compact, base)
    return b"" if shown is None else seal(shown, address, public, signer.sign)


def require_sealed(code: bytes, base: str, check_id: str, signer: Signer, *, whole: bool = True) -> None:
    """Raises `VerificationError` unless a reader finds the signer's signature in `code`, as it is printed, and (if `whole`) can
    read all that it says."""
    key = public_key_of(signer.verification_method)
    sealed = unseal(to_digits(code), qr_address(base, check_id))
    if whole:
        sealed.opened(key)
    else:
        sealed.require_signed(key)


def _without(compact: Compact, members: Sequence[int]) -> Compact:
    texts = {LICENSEES: compact.licensees, PREMISES: compact.premises, ADDRESS_LINES: compact.address}
    gone = {member for member in members if texts[member]}
    if not gone:
        return compact
    return replace(
        compact,
        licensees="" if LICENSEES in gone else compact.licensees,
        premises="" if PREMISES in gone else compact.premises,
        address="" if ADDRESS_LINES in gone else compact.address,
        left_out=compact.left_out | gone,
    )


def one_line(address: Address) -> str:
    """An address as it is printed, in short: what it is part of need not be named."""
    parts = (address.street, address.subdistrict, address.district, address.province, address.postal_code)
    return " ".join(part for part in parts if part)


def _lines(names: list[LocalText]) -> str:
    """One on each line, in Thai where there is Thai: both would not fit a code that is read from afar."""
    return "\n".join(name.th or name.en for name in names)
