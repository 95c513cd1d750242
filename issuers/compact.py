"""A licence to the signed payload of its QR code (docs/qr-format.md)."""

from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from issuers.qr import qr_address
from issuers.signer import Signer
from verify.compact import Compact, seal
from verify.cryptosuite import cryptosuite_of
from verify.multikey import decode_public_key
from vocab.license import Address, License, LocalText
from vocab.terms import CRYPTOSUITE_EDDSA


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


def sealed_code(compact: Compact, base: str, check_id: str, signer: Signer) -> str:
    """The digits behind the address of a licence's code. Raises `CodeKeyRefused`, `issuers.signer.SigningUnavailable`."""
    key = decode_public_key(signer.verification_method.rpartition("#")[2])
    if not isinstance(key, Ed25519PublicKey):
        raise CodeKeyRefused(
            f"codes are signed by Ed25519 keys (expected {CRYPTOSUITE_EDDSA}, got {cryptosuite_of(key)})"
        )
    return seal(compact, qr_address(base, check_id), key.public_bytes_raw(), signer.sign)


def one_line(address: Address) -> str:
    """An address as it is printed, in short: what it is part of need not be named."""
    parts = (address.street, address.subdistrict, address.district, address.province, address.postal_code)
    return " ".join(part for part in parts if part)


def _lines(names: list[LocalText]) -> str:
    """One on each line, in Thai where there is Thai: both would not fit a code that is read from afar."""
    return "\n".join(name.th or name.en for name in names)
