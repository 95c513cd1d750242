"""What somebody presents: photos and PDFs with codes and attachments, made as a phone or a printer makes them."""

import io
from collections.abc import Mapping, Sequence

import pikepdf
from PIL import Image

from issuers.qr import png

PIXELS = 4
"""Of a module: what is needed, and a little more."""


def photo(*texts: str, form: str = "PNG", **options: object) -> bytes:
    """A picture with the codes of `texts` side by side on grey."""
    codes = [Image.open(io.BytesIO(png(text, module_pixels=PIXELS))).convert("RGB") for text in texts]
    width = sum(each.width + 40 for each in codes) + 40
    picture = Image.new("RGB", (width, max((each.height for each in codes), default=200) + 80), "#bbb")
    left = 40
    for each in codes:
        picture.paste(each, (left, 40))
        left += each.width + 40
    return saved(picture, form, **options)


def saved(picture: Image.Image, form: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def sheet(texts: Sequence[str] = (), attached: Mapping[str, bytes] = {}, password: str = "") -> bytes:
    """A PDF with a page of codes, and files attached to it."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(photo(*texts, form="PDF", resolution=150))) as pdf:
        for name, body in attached.items():
            pdf.attachments[name] = pikepdf.AttachedFileSpec(
                pdf, body, description="", filename=name, mime_type="", creation_date="", mod_date=""
            )
        pdf.save(out, encryption=pikepdf.Encryption(owner=password, user=password) if password else None)
    return out.getvalue()
