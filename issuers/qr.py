"""The QR code in its URL form: `HTTPS://HOST/C/<id>`, all in the alphanumeric set, so that it stays small."""

import io
import re

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.pil import PilImage

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


def matrix(address: str) -> list[list[bool]]:
    """The modules of the code at level M, without quiet zone; True is dark."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(address)
    code.make(fit=True)
    return [[bool(module) for module in row] for row in code.get_matrix()]


def svg(address: str) -> str:
    """A compact SVG: one path, one unit a module, quiet zone included. Scales to any size without loss."""
    rows = matrix(address)
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


def png(address: str, *, module_pixels: int = 12) -> bytes:
    """A PNG with `module_pixels` pixels a module, quiet zone included."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE, box_size=module_pixels)
    code.add_data(address)
    code.make(fit=True)
    image = code.make_image(image_factory=PilImage)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def terminal(address: str) -> str:
    """The code in half blocks for a terminal with a dark background."""
    rows = matrix(address)
    width = len(rows) + 4
    light = [[False] * width] * 2 + [[False, False, *row, False, False] for row in rows] + [[False] * width] * 2
    if len(light) % 2:
        light.append([False] * width)
    return "\n".join(
        "".join(_BLOCK[not upper, not lower] for upper, lower in zip(light[y], light[y + 1], strict=True))
        for y in range(0, len(light), 2)
    )


_BLOCK = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """The dark runs of a row as (start, end)."""
    edges = [x for x, (left, right) in enumerate(zip([False, *row], [*row, False], strict=True)) if left != right]
    return list(zip(edges[::2], edges[1::2], strict=True))
