"""Made-up licensees and shop names: words of everyday speech put together, so that nobody is meant."""

from dataclasses import dataclass
from random import Random
from typing import Final

Pair = tuple[str, str]
"""A word in Thai and in Latin letters."""


def _pairs(text: str) -> tuple[Pair, ...]:
    words = text.split()
    return tuple(zip(words[::2], words[1::2], strict=True))


_MEN: Final = _pairs(
    "ก้องภพ Kongphop ขุนเขา Khunkhao คำแสน Khamsaen จอมทัพ Chomthap ชลธาร Chonlathan ต้นกล้า Tonkla "
    "ธาราดล Tharadon นาวิน Nawin บุญมา Bunma ปลื้ม Pluem พายุ Phayu ภูผา Phupha เมฆา Mekha ยอดดอย Yotdoi "
    "รุ่งฟ้า Rungfa ลือชา Luecha วายุ Wayu สิงหา Singha หนักแน่น Naknaen อิ่มบุญ Imbun"
)
_WOMEN: Final = _pairs(
    "กานดา Kanda ขวัญข้าว Khwankhao คำแก้ว Khamkaeo จันทร์ฉาย Chanchai ชื่นใจ Chuenchai ดาวเหนือ Daonuea "
    "ทอรุ้ง Thorung นวลจันทร์ Nuanchan บัวตอง Buatong ปรายฝน Praifon พิกุล Phikun ฟ้าใส Fasai มะลิ Mali "
    "ยาใจ Yachai รินลดา Rinlada ละมุน Lamun วาดฝัน Watfan สายไหม Saimai หนึ่งนุช Nuengnut อุ่นเรือน Unruean"
)
_FAMILY_HEADS: Final = _pairs(
    "ทุ่ง Thung ธาร Than ลาน Lan สวน Suan ไร่ Rai ดอย Doi เมฆ Mek ฝน Fon ตะวัน Tawan แก้ว Kaeo ทราย Sai ห้วย Huai"
)
_FAMILY_TAILS: Final = _pairs(
    "ข้าวหอม khaohom น้ำใส namsai ดาวเรือง daorueang ลมเย็น lomyen จันทร์เพ็ญ chanphen ใบบุญ baibun ทองไพร thongphrai "
    "ริมโขง rimkhong งามตา ngamta ยั่งยืน yangyuen หมอกขาว mokkhao พันธุ์ไม้ phanmai"
)
_BRAND_HEADS: Final = _pairs(
    "ใบตอง Baitong ฟ้าคราม Fakhram เรือกระดาษ Rueakradat ช้างไม้ Changmai ดอกแค Dokkhae หมอกดอย Mokdoi ลมทะเล Lomthale "
    "ภูผาหิน Phuphahin ข้าวฟ่าง Khaofang ปลาตะเพียน Platapian ว่าวจุฬา Waochula โคมลอย Khomloi หม้อดิน Modin "
    "กังหัน Kanghan"
)
_BRAND_TAILS: Final = _pairs(
    "เจ็ดสี Chetsi สามใบ Sambai ยิ้มแย้ม Yimyaem ริมทาง Rimthang ทองพูน Thongphun เก้าวา Kaowa สดใส Sotsai มั่งมี Mangmi "
    "พันดาว Phandao อิ่มเอม Imem กลางนา Klangna ปลายฟ้า Plaifa คู่เมือง Khumueang"
)
_FORMS: Final[tuple[Pair, ...]] = (
    ("บริษัท {} จำกัด", "{} Co., Ltd."),
    ("บริษัท {} จำกัด", "{} Co., Ltd."),
    ("บริษัท {} จำกัด", "{} Co., Ltd."),
    ("ห้างหุ้นส่วนจำกัด {}", "{} Limited Partnership"),
    ("หจก. {}", "{} Limited Partnership"),
    ("บจก. {}", "{} Co., Ltd."),
    ("บริษัท {} จำกัด (มหาชน)", "{} Public Company Limited"),
)
_LONG_SHOP: Final = (
    "{word}{brand} และศูนย์เรียนรู้วิถีชุมชนริมน้ำบ้านทุ่งดอกไม้งาม "
    "ดำเนินการโดยกลุ่มแม่บ้านเกษตรกรร่วมใจพัฒนาผลิตภัณฑ์พื้นถิ่นและการท่องเที่ยวเชิงอนุรักษ์ (สาขาที่ ๒ ตรงข้ามสวนสาธารณะ)"
)


@dataclass(frozen=True)
class Named:
    """A name as printed, in Thai and in Latin letters, and the number of a juristic person (else empty)."""

    th: str
    en: str
    juristic_id: str = ""


def juristic_id(serial: int) -> str:
    """A 13-digit number with a right check digit in a range that is not in use: no province has the code 99."""
    digits = f"0999500{serial:05}"
    weighed = sum(weight * int(digit) for weight, digit in zip(range(13, 1, -1), digits, strict=True))
    return f"{digits}{(11 - weighed % 11) % 10}"


class People:
    """Draws licensees and shop names; a company that comes again keeps its juristic number."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._ids: dict[str, str] = {}

    def person(self) -> Named:
        """A natural person with a title."""
        title, names = self._rng.choice(
            ((("นาย", "Mr."), _MEN), (("นาง", "Mrs."), _WOMEN), (("นางสาว", "Ms."), _WOMEN))
        )
        given, head, tail = (self._rng.choice(words) for words in (names, _FAMILY_HEADS, _FAMILY_TAILS))
        return Named(f"{title[0]}{given[0]} {head[0]}{tail[0]}", f"{title[1]} {given[1]} {head[1]}{tail[1]}")

    def company(self, lines: tuple[Pair, ...]) -> Named:
        """A juristic person in one of `lines` of business."""
        brand, line = self._brand(), self._rng.choice(lines)
        form = self._rng.choice(_FORMS)
        th, en = form[0].format(f"{brand[0]} {line[0]}"), form[1].format(f"{brand[1]} {line[1]}")
        return Named(th, en, self._ids.setdefault(th, juristic_id(len(self._ids) + 1)))

    def shop(self, words: tuple[Pair, ...], *, long: bool = False) -> Named:
        """The name over the door, in front of which stands one of `words`; `long` is over 120 characters."""
        brand, word = self._brand(), self._rng.choice(words)
        if long:
            return Named(_LONG_SHOP.format(word=word[0], brand=brand[0]), "")
        if self._rng.random() < 0.06:
            return Named(f"{brand[1]} {word[1]}", f"{brand[1]} {word[1]}")
        branch = f" (สาขา {self._rng.randint(2, 9)})" if self._rng.random() < 0.05 else ""
        return Named(f"{word[0]}{brand[0]}{branch}", f"{brand[1]} {word[1]}")

    def _brand(self) -> Pair:
        head, tail = self._rng.choice(_BRAND_HEADS), self._rng.choice(_BRAND_TAILS)
        return head[0] + tail[0], f"{head[1]} {tail[1]}"
