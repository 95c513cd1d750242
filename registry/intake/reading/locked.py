"""Workbooks that are protected with a password, as Microsoft's compound files show it before anything is deciphered."""

import re
from typing import IO

_BLOCK = 1 << 20
_OVERLAP = 1 << 10
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The stream of a compound file that holds an encrypted XLSX ([MS-OFFCRYPTO] 2.3.4.4)."""
_BEGIN = re.compile(rb"\x09\x08\x10\x00\x00\x06\x05\x00", re.DOTALL)
"""The first record of the stream of an XLS ([MS-XLS] 2.4.21), of 16 bytes behind its kind and length."""
_FILE_PASS = 0x2F
_LOOKED_AT = 10
"""Records: the one that says that all others are encrypted ([MS-XLS] 2.4.117) stands near the beginning."""


def is_locked(file: IO[bytes]) -> bool:
    """Whether a compound file is an encrypted workbook."""
    file.seek(0)
    before = b""
    while block := file.read(_BLOCK):
        piece = before + block
        if _ENCRYPTED in piece or any(_has_file_pass(piece, found.start()) for found in _BEGIN.finditer(piece)):
            return True
        before = piece[-_OVERLAP:]
    return False


def _has_file_pass(piece: bytes, at: int) -> bool:
    for _ in range(_LOOKED_AT):
        kind, length = (int.from_bytes(piece[at + place : at + place + 2], "little") for place in (0, 2))
        if kind == _FILE_PASS:
            return True
        at += 4 + length
    return False
