"""Names of persons and organizations as Thai registers write them: taken apart for search and masking."""

import re
from typing import Final

from vocab.thai import normalize_text

# Ranks and titles are dotted initials; the spaces between them come and go.
_DOTTED: Final = (
    *("น.ส.", "ด.ช.", "ด.ญ.", "ม.จ.", "ม.ร.ว.", "ม.ล.", "ว่าที่"),
    *("พล.ต.อ.", "พล.ต.ท.", "พล.ต.ต.", "พล.ต.จ.", "พ.ต.อ.", "พ.ต.ท.", "พ.ต.ต."),
    *("ร.ต.อ.", "ร.ต.ท.", "ร.ต.ต.", "ด.ต.", "จ.ส.ต.", "ส.ต.อ.", "ส.ต.ท.", "ส.ต.ต."),
    *("พล.อ.", "พล.ท.", "พล.ต.", "พ.อ.", "พ.ท.", "พ.ต.", "ร.อ.", "ร.ท.", "ร.ต."),
    *("จ.ส.อ.", "จ.ส.ท.", "ส.อ.", "ส.ท.", "น.อ.", "น.ท.", "น.ต.", "พ.จ.อ.", "จ.อ."),
    *("พล.ร.อ.", "พล.ร.ท.", "พล.ร.ต.", "พล.อ.อ.", "พล.อ.ท.", "พล.อ.ต."),
    *("ศ.", "รศ.", "ผศ.", "ดร.", "นพ.", "พญ.", "ทพ.", "ทพญ.", "ภก.", "ภญ.", "น.สพ.", "สพ.ญ."),
)
_WORDS: Final = (
    *("นางสาว", "นาง", "นาย", "เด็กชาย", "เด็กหญิง", "คุณหญิง", "ท่านผู้หญิง"),
    *("หม่อมเจ้า", "หม่อมราชวงศ์", "หม่อมหลวง", "หม่อม"),
    *("ศาสตราจารย์", "รองศาสตราจารย์", "ผู้ช่วยศาสตราจารย์"),
    *("นายแพทย์", "แพทย์หญิง", "ทันตแพทย์หญิง", "ทันตแพทย์"),
)
_LATIN: Final = r"(?:mr|mrs|ms|miss|dr|prof)(?:\.\s*|\s+)"


def _dotted(title: str) -> str:
    return r"\s?".join(re.escape(part + ".") for part in title.split(".")[:-1]) or re.escape(title)


_THAI: Final = "|".join([*map(_dotted, sorted(_DOTTED, key=len, reverse=True)), *sorted(_WORDS, key=len, reverse=True)])
_PREFIX: Final = re.compile(rf"(?:(?:{_THAI})\s*(?:หญิง\s+)?|{_LATIN})+", re.IGNORECASE)

_ORGANIZATION_STARTS: Final = (
    *("บริษัท", "บจก", "บมจ", "บจ.", "ห้าง", "หจก", "หจ.", "หส", "กิจการร่วมค้า", "คณะบุคคล", "นิติบุคคล"),
    *("สหกรณ์", "มูลนิธิ", "สมาคม", "ชมรม", "วิสาหกิจชุมชน", "กลุ่มเกษตรกร", "กลุ่มวิสาหกิจ", "กองทุน", "หอการค้า"),
    *("มหาวิทยาลัย", "วิทยาลัย", "โรงเรียน", "โรงพยาบาล", "โรงงาน", "โรงแรม"),
    *("สถาบัน", "สถานพยาบาล", "คลินิก", "ร้าน", "ธนาคาร", "สำนัก", "กระทรวง", "กรมการ"),
    *("เทศบาล", "องค์การ", "องค์กร", "อบต", "อบจ", "การไฟฟ้า", "การประปา"),
)
_ORGANIZATION_ENDS: Final = ("จำกัด", "(มหาชน)", "จก.")
_ORGANIZATION_WORDS: Final = re.compile(
    r"\b(?:co|ltd|limited|inc|incorporated|corp|corporation|company|plc|pcl|llc|llp|partnership|foundation"
    r"|association|cooperative|university|college|school|hospital|bank)\b",
    re.IGNORECASE,
)


def split_person_name(text: str) -> tuple[str, str, str]:
    """(prefix, given, family), each as in `normalize_text`; what is missing is "".

    The prefix holds every title and rank in front.  The given name is the first word after it, the rest is
    the family name ("ณ อยุธยา" is one).  Raises nothing; ask `looks_like_organization` first.
    """
    name = normalize_text(text)
    found = _PREFIX.match(name)
    prefix = found[0] if found is not None and found.end() < len(name) else ""
    given, _, family = name[len(prefix) :].partition(" ")
    return prefix.strip(), given, family


def looks_like_organization(name: str) -> bool:
    """Whether a name is written as an organization's: its first or last word, or an English form of business.

    A hint for the officer's mapping and for masking, never a fact about the licensee.
    """
    text = normalize_text(name)
    if text.startswith(_ORGANIZATION_STARTS):
        return True
    if split_person_name(text)[0]:
        return False
    return text.endswith(_ORGANIZATION_ENDS) or _ORGANIZATION_WORDS.search(text) is not None
