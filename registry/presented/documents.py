"""What a PDF has for a checker: attached credentials, and codes on its pages. Runs in the confined process only."""

import io
from collections.abc import Iterator, Sequence

import pikepdf
import pypdfium2
from PIL import Image

from registry.presented.found import MAX_CREDENTIAL_BYTES, MAX_PAGES, MOST_FOUND, Unreadable
from registry.presented.pictures import codes_in

DOTS_PER_INCH = 200
MAX_SIDE = 4_000
"""Pixels of the longer side of a page, whatever it says of its size."""
_POINTS_PER_INCH = 72


def attached_credentials(raw: bytes) -> Sequence[bytes]:
    """The attachments that look like a credential: JSON, or a token of three parts. Raises `Unreadable`."""
    try:
        with pikepdf.open(io.BytesIO(raw), suppress_warnings=True) as pdf:
            return [body for body in _attachments(pdf) if _looks_like_credential(body)][:MOST_FOUND]
    except pikepdf.PasswordError as error:
        raise Unreadable("pdf-locked") from error
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unreadable("pdf-damaged") from error


def codes_on_pages(raw: bytes) -> Sequence[str]:
    """The texts of the QR codes on the first pages, each once. Raises `Unreadable`."""
    found: dict[str, None] = {}
    for page in _drawn(raw):
        found |= dict.fromkeys(codes_in(page))
    return list(found)[:MOST_FOUND]


def _attachments(pdf: pikepdf.Pdf) -> Iterator[bytes]:
    for name in list(pdf.attachments)[:MOST_FOUND]:
        yield pdf.attachments[name].get_file().read_bytes()


def _looks_like_credential(body: bytes) -> bool:
    start = body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    return len(body) <= MAX_CREDENTIAL_BYTES and start.startswith((b"{", b"eyJ"))


def _drawn(raw: bytes) -> Iterator[Image.Image]:
    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("pdf-damaged") from error
    for number in range(min(len(document), MAX_PAGES)):
        try:
            page = document[number]
            longer = max(*page.get_size(), 1.0)
            scale = min(DOTS_PER_INCH / _POINTS_PER_INCH, MAX_SIDE / longer)
            yield page.render(scale=scale, grayscale=True).to_pil().convert("L")
        except pypdfium2.PdfiumError as error:
            raise Unreadable("pdf-damaged") from error
