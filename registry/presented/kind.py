"""What a file is, told by its first bytes: its name and what the browser says of it are the sender's word."""

from enum import StrEnum

_HEIF = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})
_OTHER = (b"GIF8", b"BM", b"II*\0", b"MM\0*", b"\0\0\1\0")


class Kind(StrEnum):
    """`PICTURE` and `PDF` are opened in a process of their own; `OTHER_PICTURE` not at all; everything else is `TEXT`."""

    PICTURE = "picture"
    HEIC = "heic"
    OTHER_PICTURE = "other-picture"
    PDF = "pdf"
    TEXT = "text"


def kind_of(raw: bytes) -> Kind:
    """What these bytes are, or begin to be."""
    if raw.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (raw[:4] == b"RIFF" and raw[8:12] == b"WEBP"):
        return Kind.PICTURE
    if raw[4:8] == b"ftyp":
        return Kind.HEIC if raw[8:12] in _HEIF else Kind.OTHER_PICTURE
    if raw.startswith(_OTHER):
        return Kind.OTHER_PICTURE
    # ISO 32000-2, 7.5.2; some programs put a few bytes before it.
    if b"%PDF-" in raw[:1024]:
        return Kind.PDF
    return Kind.TEXT
