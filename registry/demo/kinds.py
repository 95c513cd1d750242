"""What the licences of one type have in common: the words, the activities, the particulars, how long they last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from registry.demo.lives import Duration
from registry.demo.people import Pair

Particulars = Mapping[str, tuple[str, Sequence[str] | range]]
"""Code in the type's face profile -> the usual column heading and the values to draw from."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`words` stand before the shop's name (none: the face shows no premises name); `companies` is the share of
    licensees that are juristic persons, in one of `lines` of business. Where there are as many activities as words,
    each belongs to the word in its place."""

    words: tuple[Pair, ...] = ()
    address: bool = True
    companies: float = 0.5
    lines: tuple[Pair, ...] = (("การค้า", "Trading"), ("พัฒนา", "Development"))
    activities: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    particulars: Particulars = field(default_factory=dict)
    duration: Duration


_SERVED: Final = (("บริการ", "Service"), ("กรุ๊ป", "Group"), ("โฮลดิ้ง", "Holding"))
_HOURS: Final = ("ทุกวัน 08.00-20.00 น.", "จันทร์-ศุกร์ 17.00-20.00 น.", "ทุกวัน 24 ชั่วโมง", "จันทร์-เสาร์ 09.00-18.00 น.")
_AREAS: Final = ("201", "212.5", "240", "288", "305", "350.75", "420", "650", "1,200")

KINDS: Final[Mapping[str, Kind]] = {
    "tour-business": Kind(
        words=(("", "Travel"), ("ทัวร์", "Tour"), ("ท่องเที่ยว", "Holidays")),
        companies=0.8,
        lines=(("ทราเวล", "Travel"), ("ทัวร์", "Tour"), ("ฮอลิเดย์", "Holiday")),
        particulars={"kind": ("ประเภท", ("ทั่วไป", "นำเที่ยวจากต่างประเทศ", "ภายในประเทศ", "เฉพาะพื้นที่"))},
        duration=Duration(years=0, oldest=17),
    ),
    "tour-guide": Kind(
        address=False,
        companies=0,
        particulars={
            "kind": ("ประเภทมัคคุเทศก์", ("มัคคุเทศก์ทั่วไป", "มัคคุเทศก์เฉพาะภูมิภาค", "มัคคุเทศก์ท้องถิ่น (ชุมชน)")),
            "languages": ("ภาษา", ("อังกฤษ", "จีน", "ญี่ปุ่น", "อังกฤษ ฝรั่งเศส", "รัสเซีย", "เกาหลี", "สเปน")),
        },
        duration=Duration(years=5),
    ),
    "animal-clinic": Kind(
        words=(("คลินิกสัตว์", "Animal Clinic"), ("โรงพยาบาลสัตว์", "Animal Hospital"), ("บ้านสัตวแพทย์", "Vet House")),
        companies=0.3,
        lines=(("เพ็ทแคร์", "Pet Care"), ("สัตวแพทย์", "Veterinary")),
        particulars={"class": ("ประเภทสถานพยาบาลสัตว์", ("ไม่มีที่พักสัตว์ป่วย", "มีที่พักสัตว์ป่วยไม่เกิน 10 ที่", "มีที่พักสัตว์ป่วยเกิน 10 ที่"))},
        duration=Duration(years=10),
    ),
    "clinic": Kind(
        words=(
            ("คลินิกเวชกรรม", "Medical Clinic"),
            ("คลินิกทันตกรรม", "Dental Clinic"),
            ("คลินิกแพทย์แผนไทย", "Thai Medicine Clinic"),
            ("คลินิกกายภาพบำบัด", "Physiotherapy"),
            ("สหคลินิก", "Polyclinic"),
        ),
        companies=0.4,
        lines=(("เมดิคอล", "Medical"), ("เวชการ", "Healthcare")),
        activities=("คลินิกเวชกรรม", "คลินิกทันตกรรม", "คลินิกการแพทย์แผนไทย", "คลินิกกายภาพบำบัด", "สหคลินิก"),
        particulars={"beds": ("เตียง", range(0, 6)), "hours": ("วันเวลาทำการ", _HOURS)},
        duration=Duration(years=10, year_end=True),
    ),
    "clinic-advert": Kind(
        words=(("คลินิก", "Clinic"), ("คลินิกทันตกรรม", "Dental Clinic"), ("โรงพยาบาล", "Hospital")),
        address=False,
        companies=0.6,
        lines=(("เมดิคอล", "Medical"), ("เวชการ", "Healthcare")),
        conditions=("ต้องแสดงเลขที่อนุมัติในโฆษณาทุกชิ้น", "ห้ามตัดต่อข้อความที่ได้รับอนุมัติ"),
        particulars={"media": ("สื่อ", ("เว็บไซต์", "สื่อสังคมออนไลน์", "ป้ายกลางแจ้ง", "แผ่นพับ", "วิทยุกระจายเสียง"))},
        duration=Duration(years=3),
    ),
    "spa": Kind(
        words=(("สปา", "Spa"), ("นวดเพื่อสุขภาพ", "Massage"), ("บ้านความงาม", "Beauty Massage")),
        companies=0.45,
        lines=(("เวลเนส", "Wellness"), ("สปา", "Spa")),
        activities=("กิจการสปา", "กิจการนวดเพื่อสุขภาพ", "กิจการนวดเพื่อเสริมความงาม"),
        particulars={"rooms": ("จำนวนห้อง", range(2, 25))},
        duration=Duration(years=5),
    ),
    "drug-store": Kind(
        words=(("ร้านยา", "Pharmacy"), ("เภสัช", "Drugstore"), ("ร้านขายยา", "Pharmacy")),
        companies=0.4,
        lines=(("ฟาร์มาซี", "Pharmacy"), ("เภสัช", "Drug")),
        particulars={"hours": ("เวลาทำการ", _HOURS)},
        duration=Duration(years=1, year_end=True, in_place=True),
    ),
    "drug-import": Kind(
        words=(("สถานที่นำเข้ายา", "Pharma Import"),),
        companies=1,
        lines=(("ฟาร์มา", "Pharma"), ("เวชภัณฑ์", "Medical Supply")),
        conditions=("เก็บยาที่อุณหภูมิ 2-8 องศาเซลเซียส", "เฉพาะยาที่ขึ้นทะเบียนตำรับแล้ว"),
        duration=Duration(years=1, year_end=True, in_place=True),
    ),
    "food-factory": Kind(
        words=(("โรงงาน", "Foods"), ("สถานที่ผลิต", "Food Works")),
        companies=0.9,
        lines=(("ฟู้ดส์", "Foods"), ("ผลิตภัณฑ์อาหาร", "Food Products")),
        activities=("น้ำดื่มในภาชนะบรรจุ", "ขนมอบ", "เครื่องดื่ม", "น้ำปลาและซอส", "ผลไม้แปรรูป", "อาหารสำเร็จรูปแช่แข็ง"),
        particulars={"power": ("แรงม้า", range(50, 900))},
        duration=Duration(years=3, year_end=True),
    ),
    "factory": Kind(
        words=(("โรงงาน", "Factory"), ("โรงงานแปรรูป", "Works")),
        companies=0.92,
        lines=(("อุตสาหกรรม", "Industry"), ("แปรรูป", "Processing"), ("พลาสติก", "Plastics")),
        activities=("อบข้าวและพืชไร่", "ทำผลิตภัณฑ์พลาสติก", "แปรรูปไม้ยางพารา", "ขุดตักดินและดูดทราย", "ทำชิ้นส่วนโลหะ"),
        conditions=("ห้ามระบายน้ำทิ้งออกนอกโรงงาน", "ต้องมีผู้ควบคุมระบบบำบัดมลพิษอากาศประจำโรงงาน"),
        particulars={"power": ("แรงม้ารวม", range(76, 4000)), "workers": ("คนงาน", range(5, 800))},
        duration=Duration(years=0, oldest=24),
    ),
    "hotel": Kind(
        words=(("โรงแรม", "Hotel"), ("รีสอร์ต", "Resort"), ("บ้านพัก", "Boutique House")),
        companies=0.8,
        lines=(("โฮเทล", "Hotel"), ("รีสอร์ต", "Resort"), ("พร็อพเพอร์ตี้", "Property")),
        particulars={
            "class": ("ประเภทโรงแรม", ("ประเภท 1", "ประเภท 2", "ประเภท 3", "ประเภท 4")),
            "rooms": ("ห้องพัก", range(8, 400)),
        },
        duration=Duration(years=5),
    ),
    "foreign-worker-import": Kind(
        words=(("สำนักงาน", "Employment Office"),),
        companies=1,
        lines=(("แรงงานสัมพันธ์", "Manpower"), ("จัดหาแรงงาน", "Labour Service")),
        conditions=("นำเข้าได้เฉพาะสัญชาติที่มีบันทึกความเข้าใจระหว่างรัฐ",),
        particulars={"guarantee": ("หลักประกัน", ("5,000,000",))},
        duration=Duration(years=2),
    ),
    "overseas-recruitment": Kind(
        words=(("สำนักงานจัดหางาน", "Recruitment"),),
        companies=1,
        lines=(("จัดหางาน", "Recruitment"),),
        particulars={"guarantee": ("หลักประกัน", ("5,000,000",))},
        duration=Duration(years=2),
    ),
    "fuel-station": Kind(
        words=(("สถานีบริการน้ำมัน", "Fuel Station"), ("ปั๊มน้ำมัน", "Petrol")),
        companies=0.85,
        lines=(("ปิโตรเลียม", "Petroleum"), ("ออยล์", "Oil")),
        particulars={"capacity": ("ปริมาณเก็บ (ลิตร)", ("30,000", "45,000", "60,000", "90,000", "120,000"))},
        duration=Duration(years=1, year_end=True, in_place=True),
    ),
    "transport-operator": Kind(
        companies=0.75,
        lines=(("ขนส่ง", "Transport"), ("โลจิสติกส์", "Logistics")),
        activities=("การขนส่งไม่ประจำทางด้วยรถบรรทุก", "การขนส่งไม่ประจำทางด้วยรถโดยสาร", "การขนส่งประจำทาง", "การขนส่งส่วนบุคคล"),
        conditions=("ต้องติดตั้งเครื่องบันทึกข้อมูลการเดินทางของรถทุกคัน",),
        particulars={"vehicles": ("จำนวนรถ", range(1, 60))},
        duration=Duration(years=5),
    ),
    "food-premises": Kind(
        words=(
            ("ร้าน", "Restaurant"),
            ("ครัว", "Kitchen"),
            ("สวนอาหาร", "Garden Restaurant"),
            ("คาเฟ่", "Café"),
            ("ร้านชำ", "Grocery"),
        ),
        companies=0.3,
        lines=_SERVED,
        activities=("จำหน่ายอาหาร", "จำหน่ายอาหารและเครื่องดื่ม", "ภัตตาคาร", "ร้านกาแฟและเบเกอรี่", "สะสมอาหาร"),
        particulars={"area": ("พื้นที่ (ตร.ม.)", _AREAS)},
        duration=Duration(years=1),
    ),
    "health-hazard": Kind(
        words=(
            ("อู่", "Garage"),
            ("โรงสีข้าว", "Rice Mill"),
            ("ฟาร์ม", "Pig Farm"),
            ("ร้านซักรีด", "Laundry"),
            ("โรงกลึง", "Lathe Works"),
            ("ร้านของเก่า", "Recycling"),
        ),
        companies=0.3,
        lines=_SERVED,
        activities=(
            "การซ่อมและพ่นสีรถยนต์",
            "การสีข้าวด้วยเครื่องจักร",
            "การเลี้ยงสุกร",
            "การซัก อบ รีด",
            "การกลึงโลหะ",
            "การสะสมวัสดุเหลือใช้",
        ),
        conditions=("ห้ามทำงานที่มีเสียงดังหลังเวลา 18.00 น.", "ต้องมีบ่อดักไขมัน"),
        particulars={"power": ("แรงม้า", range(1, 75)), "workers": ("คนงาน", range(1, 30))},
        duration=Duration(years=1),
    ),
    "market": Kind(
        words=(("ตลาด", "Market"), ("ตลาดสด", "Fresh Market")),
        companies=0.7,
        lines=(("มาร์เก็ต", "Market"), ("พัฒนาตลาด", "Market Development")),
        particulars={"stalls": ("แผง", range(20, 300))},
        duration=Duration(years=1),
    ),
    "street-vending": Kind(
        companies=0,
        activities=("อาหารปรุงสำเร็จ", "ผลไม้", "เครื่องดื่ม", "ของที่ระลึก", "ดอกไม้และพวงมาลัย"),
        duration=Duration(years=1),
    ),
}
