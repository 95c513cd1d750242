"""Texts in SCSU (Unicode Technical Standard 6): one byte for a Thai character instead of three, and ASCII as it is.

All of SCSU is read; what is written is the small part of it that Thai and ASCII need, with other characters quoted.
"""

import codecs
import re

_SINGLE_QUOTE, _SINGLE_UNICODE, _DEFINE_THAI = 0x0E, 0x0F, b"\x18\x1c"
"""SQU, SCU, and SD0 with the offset of U+0E00: from there on one byte from 0x80 is one Thai character."""
_BACK = 0xE0
"""UC0: from Unicode mode to window 0."""
_QUOTE_UNIT = 0xF0
_THAI = 0x0E00
_STATIC = (0x0000, 0x0080, 0x0100, 0x0300, 0x2000, 0x2080, 0x2100, 0x3000)
_DYNAMIC = (0x0080, 0x00C0, 0x0400, 0x0600, 0x0900, 0x3040, 0x30A0, 0xFF00)
_FIXED_OFFSETS = (0x00C0, 0x0250, 0x0370, 0x0530, 0x3040, 0x30A0, 0xFF60)
_FIRST_FIXED = 0xF9
_PASSED = frozenset({0x00, 0x09, 0x0A, 0x0D})
"""The control characters that stand for themselves."""
_BYTES = {code: code for code in range(0x80)} | {_THAI + n: 0x80 + n for n in range(0x80)}
_IS_THAI = re.compile("[\u0e00-\u0e7f]")
_OTHERS = re.compile(r"[^\x00\t\n\r\x20-\x7f\u0e00-\u0e7f]+")


class ScsuRefused(ValueError):
    """These bytes are no SCSU, or no characters."""


def compressed(text: str) -> bytes:
    """`text` in SCSU. Raises UnicodeEncodeError for what is no text (a lone surrogate)."""
    begin = _DEFINE_THAI if _IS_THAI.search(text) else b""
    if not _OTHERS.search(text):
        return begin + codecs.charmap_encode(text, "strict", _BYTES)[0]
    return begin + b"".join(
        _others(run) if _OTHERS.match(run) else codecs.charmap_encode(run, "strict", _BYTES)[0] for run in _runs(text)
    )


def _runs(text: str) -> list[str]:
    """The runs of characters that are one byte each, and of others."""
    found, at = [], 0
    for match in _OTHERS.finditer(text):
        found += [text[at : match.start()], match[0]]
        at = match.end()
    return [run for run in (*found, text[at:]) if run]


def _others(run: str) -> bytes:
    units = run.encode("utf-16-be")
    if len(units) == 2:
        return bytes([_SINGLE_QUOTE]) + units
    pairs = (units[at : at + 2] for at in range(0, len(units), 2))
    # What would be a tag in Unicode mode is quoted.
    quoted = (bytes([_QUOTE_UNIT]) + pair if 0xE0 <= pair[0] <= 0xF2 else pair for pair in pairs)
    return bytes([_SINGLE_UNICODE]) + b"".join(quoted) + bytes([_BACK])


def expanded(data: bytes) -> str:
    """The text that `data` stands for. Raises `ScsuRefused`."""
    reader = _Reader(data)
    try:
        while reader.at < len(data):
            (reader.unicode_mode if reader.is_unicode else reader.single_byte)()
        return b"".join(reader.units).decode("utf-16-be")
    except IndexError as error:
        raise ScsuRefused("it was cut off") from error
    except UnicodeDecodeError as error:
        raise ScsuRefused("half of a character stands alone") from error


class _Reader:
    """Where reading is, and the windows as they are there. Reading past the end raises IndexError."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0
        self.is_unicode = False
        self.units: list[bytes] = []
        self._windows = list(_DYNAMIC)
        self._active = 0

    def single_byte(self) -> None:
        byte = self._next()
        if byte >= 0x80:
            self._put(self._windows[self._active] + byte - 0x80)
        elif byte >= 0x20 or byte in _PASSED:
            self._put(byte)
        elif byte <= 0x08:  # SQ0 to SQ7
            self._quote(byte - 0x01)
        elif byte == 0x0B:  # SDX
            self._define_extended()
        elif byte == _SINGLE_QUOTE:
            self._unit(self._next())
        elif byte == _SINGLE_UNICODE:
            self.is_unicode = True
        elif byte >= 0x18:  # SD0 to SD7
            self._define(byte - 0x18)
        elif byte >= 0x10:  # SC0 to SC7
            self._active = byte - 0x10
        else:
            raise ScsuRefused(f"the byte {byte:#04x} is reserved")

    def unicode_mode(self) -> None:
        byte = self._next()
        if not 0xE0 <= byte <= 0xF2:
            self._unit(byte)
        elif byte == _QUOTE_UNIT:
            self._unit(self._next())
        elif byte == 0xF2:
            raise ScsuRefused("the byte 0xf2 is reserved")
        else:
            self.is_unicode = False
            if byte == 0xF1:  # UDX
                self._define_extended()
            elif byte >= 0xE8:  # UD0 to UD7
                self._define(byte - 0xE8)
            else:  # UC0 to UC7
                self._active = byte - _BACK

    def _next(self) -> int:
        byte = self._data[self.at]
        self.at += 1
        return byte

    def _put(self, code: int) -> None:
        # As code units: in Unicode mode half of a character comes at a time.
        self.units.append(chr(code).encode("utf-16-be", "surrogatepass"))

    def _unit(self, high: int) -> None:
        self.units.append(bytes([high, self._next()]))

    def _quote(self, window: int) -> None:
        byte = self._next()
        self._put(_STATIC[window] + byte if byte < 0x80 else self._windows[window] + byte - 0x80)

    def _define(self, window: int) -> None:
        self._windows[window] = _offset(self._next())
        self._active = window

    def _define_extended(self) -> None:
        word = self._next() << 8 | self._next()
        self._active = word >> 13
        self._windows[self._active] = 0x10000 + ((word & 0x1FFF) << 7)


def _offset(byte: int) -> int:
    """Where a window begins (UTS 6, table 3)."""
    if 0x01 <= byte <= 0x67:
        return byte << 7
    if 0x68 <= byte <= 0xA7:
        return (byte << 7) + 0xAC00
    if byte >= _FIRST_FIXED:
        return _FIXED_OFFSETS[byte - _FIRST_FIXED]
    raise ScsuRefused(f"the window offset {byte:#04x} is reserved")
