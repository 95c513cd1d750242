"""The QR code of a licence: its address `HTTPS://HOST/C/<id>`, all in the alphanumeric set so that it stays small, and behind a
`#` what is signed, in digits (docs/qr-format.md)."""

import io
import re
from enum import StrEnum
from typing import Final

import qrcode
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.image.pil import PilImage
from qrcode.util import QRData


class Correction(StrEnum):
    """How much of a code may be lost: 15 % (the usual), 25 % (outdoors)."""

    M = "M"
    Q = "Q"


_CORRECTION = {Correction.M: ERROR_CORRECT_M, Correction.Q: ERROR_CORRECT_Q}
_AS_DIGITS: Final = 1
_AS_LETTERS: Final = 2
_AS_BYTES: Final = 4
"""The modes (ISO/IEC 18004, table 2)."""
_ALPHANUMERIC = re.compile(r"[0-9A-Z $%*+\-./:]+")
CHECK_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
"""128 random bits in Crockford's base 32: no I, L, O, U, so that it can be read aloud."""

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _CROCKFORD for second in _CROCKFORD]
_SHIFTS = range(120, -1, -10)
QUIET_ZONE = 4
LARGEST = 415
"""The bytes of data in a code of version 15 at level M (ISO/IEC 18004, table 7)."""


def check_id(random_bits: int) -> str:
    """The 26-character id of 128 random bits."""
    return "".join([_PAIRS[random_bits >> shift & 1023] for shift in _SHIFTS])


def qr_address(base: str, check_id: str) -> str:
    """The address inside the code. Scheme and host mean the same in upper case (RFC 3986, 6.2.2.1)."""
    address = f"{base.upper()}/C/{check_id}"
    if not _ALPHANUMERIC.fullmatch(address):
        raise ValueError(f"address has characters that a small QR code cannot hold (got {address!r})")
    return address


def fits(address: str, digits: int) -> bool:
    """Whether a code with so many digits behind `address` is read from a wall: version 15 at level M, and no more."""
    bits = 4 + 11 + 11 * (len(address) // 2) + 6 * (len(address) % 2)
    bits += 4 + 16 + 8  # the sign between them
    bits += 4 + 12 + 10 * (digits // 3) + (0, 4, 7)[digits % 3]
    return bits <= 8 * LARGEST


def matrix(text: str, level: Correction = Correction.M) -> list[list[bool]]:
    """The modules of the code without quiet zone; True is dark."""
    return [[bool(module) for module in row] for row in _code(text, level, border=0).get_matrix()]


def svg(text: str, level: Correction = Correction.M) -> str:
    """A compact SVG: one path, one unit a module, quiet zone included. Scales to any size without loss."""
    rows = matrix(text, level)
    size = len(rows) + 2 * QUIET_ZONE
    path = "".join(
        f"M{start + QUIET_ZONE} {y + QUIET_ZONE}h{end - start}v1h{start - end}z"
        for y, row in enumerate(rows)
        for start, end in _runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges" role="img">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{path}"/></svg>'
    )


def png(text: str, level: Correction = Correction.M, *, module_pixels: int = 12) -> bytes:
    """A PNG with `module_pixels` pixels a module, quiet zone included."""
    image = _code(text, level, border=QUIET_ZONE, pixels=module_pixels).make_image(image_factory=PilImage)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def terminal(text: str, level: Correction = Correction.M) -> str:
    """The code in half blocks for a terminal with a dark background."""
    rows = matrix(text, level)
    width = len(rows) + 4
    light = [[False] * width] * 2 + [[False, False, *row, False, False] for row in rows] + [[False] * width] * 2
    if len(light) % 2:
        light.append([False] * width)
    return "\n".join(
        "".join(_BLOCK[not upper, not lower] for upper, lower in zip(light[y], light[y + 1], strict=True))
        for y in range(0, len(light), 2)
    )


_BLOCK = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}


def _code(text: str, level: Correction, *, border: int, pixels: int = 1) -> qrcode.QRCode[PilImage]:
    """The code with each part in the mode in which it takes least: the address, the sign, the digits."""
    code = qrcode.QRCode(error_correction=_CORRECTION[level], border=border, box_size=pixels, image_factory=PilImage)
    address, sign, digits = text.partition("#")
    code.add_data(QRData(address.encode(), _AS_LETTERS, check_data=False))
    if sign:
        code.add_data(QRData(b"#", _AS_BYTES, check_data=False))
    if digits:
        code.add_data(QRData(digits.encode(), _AS_DIGITS, check_data=False))
    code.make(fit=True)
    return code


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """The dark runs of a row as (start, end)."""
    edges = [x for x, (left, right) in enumerate(zip([False, *row], [*row, False], strict=True)) if left != right]
    return list(zip(edges[::2], edges[1::2], strict=True))
