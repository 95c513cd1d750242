"""The agencies' own ways of keeping a table: other headings, other dates, other digits, other words for nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from vocab.thai import format_date, thai_digits


@dataclass(frozen=True, kw_only=True)
class Style:
    """`headings` has our field -> the heading, in the order of the columns; `era` is stated where years have two
    digits; `counter` heads a running number that no mapping knows; the first of `blank` stands in empty cells."""

    headings: Mapping[str, str]
    written: Callable[[date], str]
    era: str = ""
    blank: tuple[str, ...] = ()
    thai_digits: bool = False
    counter: str = ""
    separator: str = ";"


def _numeric(day: date) -> str:
    return format_date(day, lang="th", style="numeric")


def _two_digit_year(day: date) -> str:
    return f"{day.day}/{day.month}/{(day.year + 543) % 100:02}"


def _thai_short(day: date) -> str:
    return thai_digits(format_date(day, lang="th", style="short"))


def _long(day: date) -> str:
    return format_date(day, lang="th", style="long")


STYLES: Final[Mapping[str, Style]] = {
    "department": Style(
        headings={
            "number": "เลขที่ใบอนุญาต",
            "licensee": "ผู้รับใบอนุญาต",
            "licensee_en": "ผู้รับใบอนุญาต (อังกฤษ)",
            "juristic_id": "เลขทะเบียนนิติบุคคล",
            "premises": "ชื่อสถานประกอบการ",
            "premises_en": "ชื่อสถานประกอบการ (อังกฤษ)",
            "street": "ที่ตั้ง",
            "subdistrict": "ตำบล/แขวง",
            "district": "อำเภอ/เขต",
            "province": "จังหวัด",
            "postal_code": "รหัสไปรษณีย์",
            "activity": "ประเภทกิจการ",
            "condition": "เงื่อนไข",
            "issued_on": "วันที่ออกใบอนุญาต",
            "expires_on": "วันสิ้นอายุ",
            "renews": "ต่ออายุจากใบอนุญาตเลขที่",
            "aliases": "เลขที่อื่น",
        },
        written=_numeric,
        blank=("-",),
    ),
    "system": Style(
        headings={
            "number": "LICENSE_NO",
            "aliases": "OTHER_NO",
            "licensee": "LICENSEE_NAME_TH",
            "licensee_en": "LICENSEE_NAME_EN",
            "juristic_id": "JURISTIC_ID",
            "premises": "PLACE_NAME_TH",
            "premises_en": "PLACE_NAME_EN",
            "street": "ADDR",
            "subdistrict_code": "TAMBON_CODE",
            "subdistrict": "TAMBON",
            "district": "AMPHOE",
            "province": "PROVINCE",
            "postal_code": "ZIPCODE",
            "latitude": "LAT",
            "longitude": "LON",
            "activity": "ACTIVITY",
            "condition": "CONDITION",
            "issued_on": "ISSUE_DATE",
            "valid_from": "START_DATE",
            "expires_on": "EXPIRE_DATE",
            "renews": "RENEW_OF",
        },
        written=date.isoformat,
        separator="&&",
    ),
    "province": Style(
        headings={
            "premises": "ชื่อสถานที่",
            "licensee": "ชื่อผู้ขออนุญาต",
            "juristic_id": "ทะเบียนนิติบุคคลเลขที่",
            "number": "เลขที่",
            "activity": "ลักษณะกิจการ",
            "street": "เลขที่ตั้ง หมู่ ถนน",
            "subdistrict": "ตำบล",
            "district": "อำเภอ",
            "postal_code": "ไปรษณีย์",
            "issued_on": "อนุญาตเมื่อ",
            "valid_from": "ตั้งแต่วันที่",
            "expires_on": "ถึงวันที่",
            "renews": "เลขที่เดิม",
        },
        written=_long,
        blank=("ไม่มี", "-"),
        counter="ลำดับที่",
    ),
    "thai-digits": Style(
        headings={
            "number": "ใบอนุญาตเลขที่",
            "licensee": "ชื่อ-สกุล / นิติบุคคล",
            "premises": "สถานประกอบการ",
            "street": "บ้านเลขที่ ถนน",
            "subdistrict": "ตำบล",
            "district": "อำเภอ",
            "activity": "กิจการ",
            "condition": "ข้อกำหนดเพิ่มเติม",
            "issued_on": "ออกให้วันที่",
            "valid_from": "เริ่มใช้วันที่",
            "expires_on": "หมดอายุวันที่",
            "renews": "ต่อจากเลขที่",
        },
        written=_thai_short,
        blank=("-",),
        thai_digits=True,
        counter="ที่",
    ),
    "city": Style(
        headings={
            "number": "เลขใบอนุญาต",
            "premises": "ชื่อร้าน/สถานประกอบการ",
            "premises_en": "Shop name",
            "licensee": "ผู้ประกอบการ",
            "licensee_en": "Operator",
            "juristic_id": "เลขนิติบุคคล 13 หลัก",
            "street": "เลขที่ ซอย ถนน",
            "subdistrict": "แขวง/ตำบล",
            "district": "เขต/อำเภอ",
            "postal_code": "รหัสไปรษณีย์",
            "latitude": "ละติจูด",
            "longitude": "ลองจิจูด",
            "activity": "ประเภท",
            "condition": "เงื่อนไขเฉพาะ",
            "issued_on": "วันอนุญาต",
            "valid_from": "มีผลตั้งแต่",
            "expires_on": "วันหมดอายุ",
            "renews": "ใบอนุญาตเดิม",
        },
        written=_numeric,
        counter="ลำดับ",
    ),
    "two-digit-years": Style(
        headings={
            "number": "เลขที่ใบอนุญาต",
            "licensee": "ชื่อผู้ประกอบการ",
            "premises": "ชื่อสถานที่",
            "street": "ที่อยู่",
            "subdistrict": "ตำบล",
            "activity": "ประเภทกิจการ",
            "condition": "หมายเหตุ",
            "issued_on": "ว/ด/ป ที่อนุญาต",
            "expires_on": "ว/ด/ป ที่หมดอายุ",
        },
        written=_two_digit_year,
        era="be",
        counter="ลำดับ",
    ),
}
