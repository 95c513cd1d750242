"""Which encoding a text is in. Nothing is decoded by halves: a byte that does not fit is named, with its line."""

import codecs
import re

from registry.intake.body import Body, blocks
from registry.intake.table import FileUnreadable

UTF_8 = "utf-8"
UTF_8_BOM = "utf-8-sig"
THAI = "cp874"

ENCODINGS = {
    "utf-8": UTF_8,
    "utf-8-sig": UTF_8,
    "cp874": THAI,
    "windows-874": THAI,
    "tis-620": THAI,
    "iso-8859-11": THAI,
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "cp1252": "cp1252",
    "windows-1252": "cp1252",
    "iso-8859-1": "latin-1",
    "latin-1": "latin-1",
}
"""What a mapping may call an encoding, and the codec. TIS-620 is read as Windows-874, which has all of it."""

_MARKS = ((codecs.BOM_UTF8, UTF_8_BOM), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAMPLE = 1 << 16
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_THAI_IN_UTF_8 = re.compile(rb"\xe0[\xb8\xb9][\x80-\xbf]")
# A Thai vowel or tone mark stands on a Thai consonant; behind a Latin letter the byte was an accented letter of another encoding.
_MARK_ON_LATIN = re.compile(rb"[A-Za-z][\xd1\xd4-\xda\xe7-\xee]")
_HIGH_BYTES = frozenset(b"\x00\x0e\x20\xfe\xff")
_EVIDENT = 0.9


def encoding_of(body: Body, wanted: str = "") -> str:
    """The codec that decodes all of `body`; `wanted` is what the mapping says. Raises `FileUnreadable`."""
    encoding = _marked(body) or _named(wanted) or _wide(body)
    if encoding:
        _require(body, encoding)
        return encoding
    if first_fault(body, UTF_8) is None:
        return UTF_8
    # A text that is UTF-8 but for a few bytes was damaged on its way: as Windows-874 all of it would be nonsense.
    if _is_mostly_utf_8(body):
        _require(body, UTF_8)
    _require(body, THAI)
    if not _may_be_thai(body):
        raise FileUnreadable("encoding-unclear")
    return THAI


def first_fault(body: Body, encoding: str) -> int | None:
    """The position of the first byte that is not `encoding`, or None. The text as a whole is never in memory."""
    # The codec that leaves the byte order mark out would count from behind it.
    decoder = codecs.getincrementaldecoder(UTF_8 if encoding == UTF_8_BOM else encoding)()
    start = 0
    for block in blocks(body):
        pending = len(decoder.getstate()[0])
        try:
            decoder.decode(block, final=start + len(block) >= len(body))
        except UnicodeDecodeError as error:
            return start - pending + error.start
        start += len(block)
    return None


def _require(body: Body, encoding: str) -> None:
    fault = first_fault(body, encoding)
    if fault is not None:
        raise FileUnreadable(
            "undecodable", encoding=encoding, byte=f"0x{body[fault]:02x}", line=_line_of(body, fault, encoding)
        )


def _line_of(body: Body, position: int, encoding: str) -> int:
    name = {"utf-16": "utf-16-be" if body[:2] == codecs.BOM_UTF16_BE else "utf-16-le"}.get(encoding, encoding)
    end = "\n".encode(UTF_8 if name == UTF_8_BOM else name)
    return body[:position].count(end) + 1


def _marked(body: Body) -> str:
    return next((encoding for mark, encoding in _MARKS if body[: len(mark)] == mark), "")


def _named(wanted: str) -> str:
    if not wanted:
        return ""
    try:
        return ENCODINGS[wanted.strip().lower().replace("_", "-")]
    except KeyError:
        raise FileUnreadable("encoding-unknown", encoding=wanted, known=", ".join(ENCODINGS)) from None


def _wide(body: Body) -> str:
    """UTF-16 without a byte order mark, where it is evident: every other byte is that of a row of the Unicode table."""
    sample = body[:_SAMPLE]
    if b"\0" not in sample or len(body) % 2:
        return ""
    for encoding, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if sum(byte in _HIGH_BYTES for byte in high) >= _EVIDENT * len(high) and b"\0" in high:
            return encoding
    return ""


def _is_mostly_utf_8(body: Body) -> bool:
    fault = first_fault(body, UTF_8) or 0
    sample = body[max(0, fault - _SAMPLE) : fault + _SAMPLE]
    return 2 * 3 * len(_THAI_IN_UTF_8.findall(sample)) > len(_NOT_ASCII.findall(sample))


def _may_be_thai(body: Body) -> bool:
    found = _NOT_ASCII.search(body)
    sample = body[found.start() - 1 if found and found.start() else 0 :][:_SAMPLE]
    return 5 * len(_MARK_ON_LATIN.findall(sample)) <= len(_NOT_ASCII.findall(sample))
