"""Which kind of file it is, by how it begins; its name counts only where that could mean two things."""

import re
from pathlib import PurePosixPath

from registry.intake.body import Body
from registry.intake.reading.delimited import delimited
from registry.intake.reading.sheet import Container
from registry.intake.reading.structured import is_json_lines, json_lines, json_list
from registry.intake.table import FileUnreadable

HEAD_BYTES = 4096

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
"""How ZIP files begin; the second has nothing in it."""
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_OTHERS = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"SQLite format 3", "SQLite"),
    (b"{\\rtf", "RTF"),
    (b"<?xml", "XML"),
)
_LINES = frozenset({".jsonl", ".ndjson"})
_JSON = frozenset({".json", ".geojson"}) | _LINES
_JSON_BEGIN = re.compile(rb"\[\s*[\[{\]]|\{\s*[\"}]")
_WEB_BEGIN = re.compile(rb"<(!doctype html|html|head|body|table|meta)\b", re.IGNORECASE)


def needs_confinement(head: bytes, name: str) -> bool:
    """Whether a file of this beginning and name can be small and become very large: it is opened in a process with limits."""
    return head.startswith((*ZIP, COMPOUND)) or _is_json(head, name)


def open_text(body: Body, name: str, encoding: str) -> Container:
    """What is in a file that is text. Raises `FileUnreadable`, also where it is none."""
    head = body[:HEAD_BYTES]
    if _WEB_BEGIN.match(_bare(head)):
        raise FileUnreadable("web-page")
    kind = next((kind for mark, kind in _OTHERS if _bare(head).startswith(mark) or head.startswith(mark)), None)
    if kind is not None:
        raise FileUnreadable("kind-unknown", kind=kind)
    if not _is_json(head, name):
        return delimited(body, encoding)
    if _suffix(name) in _LINES or (_bare(head).startswith(b"{") and is_json_lines(body, encoding)):
        return json_lines(body, encoding)
    return json_list(body, encoding)


def _is_json(head: bytes, name: str) -> bool:
    return _suffix(name) in _JSON or _JSON_BEGIN.match(_bare(head)) is not None


def _bare(head: bytes) -> bytes:
    """The beginning of a text without marks of its encoding: enough to see what kind of text it is."""
    return head.translate(None, b"\0\xef\xbb\xbf\xfe\xff").lstrip()


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()
