"""Posters as tests look at them: their text, what their code holds, what is attached."""

import re
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO

import pikepdf
import pypdfium2
import zxingcpp
from PIL import Image

from registry.poster.poster import Wish, poster_job
from registry.poster.typesetting import Typesetter
from registry.register import Register
from tests.registry.small import find
from vocab.iri import LicenseIri

POINT = 25.4 / 72
"""Millimetres."""


@dataclass(frozen=True)
class Poster:
    """A poster as a reader has it."""

    body: bytes

    @cached_property
    def text(self) -> str:
        """What a reader copies from it, on one line and without the places where words may be broken."""
        document = pypdfium2.PdfDocument(self.body)
        try:
            found = [page.get_textpage().get_text_range() for page in document]
        finally:
            document.close()
        return " ".join(" ".join(found).replace("\u200b", "").replace("\u2060", "").split())

    def says(self, text: str) -> bool:
        """Whether a text stands on it."""
        return legible(text) in legible(self.text)

    @cached_property
    def pages(self) -> int:
        with pikepdf.open(BytesIO(self.body)) as document:
            return len(document.pages)

    @cached_property
    def size(self) -> tuple[int, int]:
        """Of the first page, in millimetres."""
        with pikepdf.open(BytesIO(self.body)) as document:
            _, _, width, height = (float(each) for each in document.pages[0].mediabox)
        return round(width * POINT), round(height * POINT)

    def picture(self, dpi: int = 150) -> Image.Image:
        """The first page as it is printed."""
        document = pypdfium2.PdfDocument(self.body)
        try:
            picture: Image.Image = document[0].render(scale=dpi / 72).to_pil()
            return picture.convert("RGB")
        finally:
            document.close()

    def code(self, dpi: int = 150) -> zxingcpp.Barcode:
        """The code that a scanner reads from the print."""
        found = zxingcpp.read_barcodes(
            self.picture(dpi), formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
        )
        assert len(found) == 1
        return found[0]

    @cached_property
    def attached(self) -> dict[str, bytes]:
        with pikepdf.open(BytesIO(self.body)) as document:
            return {name: spec.get_file().read_bytes() for name, spec in document.attachments.items()}

    def boxes(self) -> list[tuple[float, float, float, float]]:
        """Where each character of the first page stands: left, bottom, right, top, in millimetres."""
        document = pypdfium2.PdfDocument(self.body)
        try:
            text = document[0].get_textpage()
            found = [text.get_charbox(n) for n in range(text.count_chars())]
        finally:
            document.close()
        return [tuple(edge * POINT for edge in box) for box in found]


def legible(text: str) -> str:
    """A text without spaces and without letters that bear marks: PDFium reads these twice, here and there."""
    return re.sub(r"\s|[\u0e01-\u0e2e][\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]+", "", text)


def poster_of(register: Register, number: str | LicenseIri, wish: Wish | None = None) -> Poster:
    """The poster of a licence. Raises as `poster_job`."""
    record = find(register, number)
    with register.database.reading() as session:
        job = poster_job(register, session, record, wish or Wish())
    with Typesetter() as typesetter:
        return Poster(typesetter.set(job))
