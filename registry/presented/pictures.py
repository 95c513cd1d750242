"""Codes in a picture, and a picture drawn anew. Runs in the confined process only."""

import io
from collections.abc import Sequence

import zxingcpp
from PIL import Image, ImageOps, UnidentifiedImageError

from registry.presented.found import MAX_PIXELS, MOST_FOUND, PHOTO_SIDE, Unreadable

FORMATS = ("JPEG", "PNG", "WEBP")
_ENOUGH = (4_000, 4_000)
"""A photo is read at a smaller scale (1/2, 1/4, 1/8) as long as it stays this large: JPEG is unpacked so at once."""
QUALITY = 80
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def codes_in_picture(raw: bytes) -> Sequence[str]:
    """The texts of the QR codes in a JPEG, PNG or WebP, each once. Raises `Unreadable`."""
    picture = _opened(raw)
    picture.draft("L", _ENOUGH)
    return codes_in(_grey(picture))


def codes_in(grey: Image.Image) -> Sequence[str]:
    """The texts of the QR codes in a picture, each once. Where there seem to be none, a smaller one has less noise."""
    for picture in (grey, grey.reduce(2)):
        found = zxingcpp.read_barcodes(picture, formats=_QR)
        texts = list(dict.fromkeys(each.text for each in found if each.valid and each.text))
        if texts:
            return texts[:MOST_FOUND]
    return []


def drawn_anew(raw: bytes) -> bytes:
    """The picture as a JPEG of its points alone: where it was taken and by what, and anything else hidden in it, is gone.

    Raises `Unreadable`.
    """
    picture = _opened(raw)
    picture.draft("RGB", (PHOTO_SIDE, PHOTO_SIDE))
    try:
        upright = ImageOps.exif_transpose(_on_white(picture)).convert("RGB")
    except (OSError, ValueError, SyntaxError) as error:
        raise Unreadable("picture-damaged") from error
    upright.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
    # A new picture of the same points: Pillow carries comments and profiles along with the old one.
    fresh = Image.frombytes("RGB", upright.size, upright.tobytes())
    out = io.BytesIO()
    fresh.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _opened(raw: bytes) -> Image.Image:
    # Counted below, before anything is unpacked.
    Image.MAX_IMAGE_PIXELS = None
    try:
        picture = Image.open(io.BytesIO(raw), formats=FORMATS)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise Unreadable("picture-damaged") from error
    if picture.width * picture.height > MAX_PIXELS:
        raise Unreadable("picture-too-large")
    return picture


def _grey(picture: Image.Image) -> Image.Image:
    try:
        return _on_white(picture).convert("L")
    except (OSError, ValueError, SyntaxError) as error:
        raise Unreadable("picture-damaged") from error


def _on_white(picture: Image.Image) -> Image.Image:
    """What is transparent is paper."""
    if not picture.has_transparency_data:
        return picture
    shown = picture.convert("RGBA")
    paper = Image.new("RGBA", shown.size, "white")
    paper.alpha_composite(shown)
    return paper
