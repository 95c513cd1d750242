"""What a status column says: a word that everybody uses or that the mapping explains, often with a date inside."""

import re
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from registry.intake.mapping import Meaning
from vocab.history import Standing
from vocab.thai import Era, split_dates

_WORDS: ReadOnly[Meaning, tuple[str, ...]] = {
    Meaning.GRANTED: (
        *("ปกติ", "คงอยู่", "ยังคงอยู่", "มีผล", "ยังมีผล", "มีผลบังคับใช้", "มีผลใช้บังคับ", "ใช้งาน", "ใช้งานอยู่", "ใช้ได้", "ยังใช้ได้"),
        *(
            "อนุญาต",
            "ได้รับอนุญาต",
            "ออก",
            "ต่ออายุ",
            "ดำเนินการ",
            "ดำเนินกิจการ",
            "ดำเนินกิจการอยู่",
            "ยังดำเนินกิจการ",
            "ยังดำเนินกิจการอยู่",
        ),
        *("ประกอบกิจการ", "ประกอบกิจการอยู่", "เปิดดำเนินการ", "เปิดกิจการ", "ไม่หมดอายุ", "ยังไม่หมดอายุ"),
        *("active", "valid", "current", "in force", "in effect", "renewed", "issued", "granted", "reinstated"),
    ),
    Meaning.SUSPENDED: ("พักใช้", "ถูกพักใช้", "สั่งพักใช้", "พักใช้ชั่วคราว", "อยู่ระหว่างพักใช้", "suspended"),
    Meaning.REVOKED: ("เพิกถอน", "ถูกเพิกถอน", "สั่งเพิกถอน", "ยกเลิก", "ถูกยกเลิก", "revoked", "cancelled", "canceled"),
    Meaning.SURRENDERED: (
        *("เลิกกิจการ", "เลิกประกอบกิจการ", "แจ้งเลิกกิจการ", "แจ้งเลิก", "แจ้งเลิกประกอบกิจการ", "ยกเลิกกิจการ", "ปิดกิจการ"),
        *("คืน", "ส่งคืน", "ขอคืน", "surrendered"),
    ),
    # The dates say it, and they are read all the same.
    Meaning.IGNORE: ("หมดอายุ", "สิ้นอายุ", "ขาดอายุ", "ขาดต่ออายุ", "expired", "lapsed"),
}
_LONGEST = 200
_UNTIL = re.compile(r"(?:จนถึง|ถึง|\b(?:until|till|to)|[-–—])\s*(?:วันที่)?\s*$")
_BEFORE_DATE = re.compile(r"(?:เมื่อ|ลง|ตั้งแต่|จนถึง|ถึง|วันที่|\b(?:on|since|from|until|till|to|as of)|(?<!\S)ณ|[\s(:,–—-])+$")
_IDLE = re.compile(r"[\s().,:;*\"'/–—-]|ใบอนุญาต|แล้ว$")
MEANINGS = {
    Meaning.GRANTED: Standing.GRANTED,
    Meaning.SUSPENDED: Standing.SUSPENDED,
    Meaning.REVOKED: Standing.REVOKED,
    Meaning.SURRENDERED: Standing.SURRENDERED,
}
"""Where a licence stands by the meaning of its status; the one that says nothing is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a row says about its licence beside the face: where it stands, since when, until when, and why.

    `standing` is granted, suspended, revoked or surrendered. `on` is None where the file names no day; only a suspension has
    `until`, its last day.
    """

    standing: Standing
    on: date | None = None
    until: date | None = None
    reason: str = ""


class StatusText(NamedTuple):
    """A status as it was read: what it means, None where nobody knows, and the dates in it."""

    meaning: Meaning | None
    on: date | None = None
    until: date | None = None


def folded(text: str) -> str:
    """The form in which words of status columns are compared: without case, spaces, marks, `ใบอนุญาต` and a last `แล้ว`."""
    return _IDLE.sub("", text.lower())


SYNONYMS: ReadOnly[str, Meaning] = {folded(word): meaning for meaning, words in _WORDS.items() for word in words}
"""What a status means that everybody writes, in the form of `folded`."""


def read_status(text: str, own: ReadOnly[str, Meaning], era: Era | None) -> StatusText:
    """What `text` means, first by the agency's `own` words. Unknown means no: a text with anything else in it is not understood.

    Raises `vocab.thai.DateUnreadable` for a date in it that is none.
    """
    # Nothing that long is a status, and it is not kept.
    return _read_status(text, tuple(own.items()), era) if len(text) <= _LONGEST else StatusText(None)


def says_ended(text: str, own: ReadOnly[str, Meaning]) -> bool:
    """Whether `text`, which means that the dates say it, is a word of ours for a licence that has ended and no `own` word."""
    return folded(text) not in map(folded, own)


# A file has few different texts in many rows.
@lru_cache(maxsize=1024)
def _read_status(text: str, own: tuple[tuple[str, Meaning], ...], era: Era | None) -> StatusText:
    meanings = {**SYNONYMS, **{folded(word): meaning for word, meaning in own}}
    exact = dict(own).get(text) or meanings.get(folded(text))
    if exact is not None or not text:
        return StatusText(exact)
    around, days = split_dates(text, era=era)
    words = "".join(_BEFORE_DATE.sub("", piece) for piece in around[:-1]) + around[-1]
    meaning = meanings.get(folded(words))
    if meaning is None or len(days) > 2:
        return StatusText(None)
    begins = [day for day, piece in zip(days, around, strict=False) if not _UNTIL.search(piece)]
    ends = [day for day, piece in zip(days, around, strict=False) if _UNTIL.search(piece)]
    if len(begins) > 1 or len(ends) > 1 or (ends and meaning in (Meaning.REVOKED, Meaning.SURRENDERED)):
        return StatusText(None)
    until = ends[0] if ends and meaning is Meaning.SUSPENDED else None
    return StatusText(meaning, begins[0] if begins else None, until)
