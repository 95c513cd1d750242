"""The tables that the demo's authorities keep: who, which type, how many, where, in which style."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One table. `places` are prefixes of subdistrict codes; `constants` stand for columns that it does not have."""

    authority: str
    type: str
    size: int
    style: str
    places: tuple[str, ...]
    constants: Mapping[str, str] = field(default_factory=dict)


_BANGKOK: Final = {"province": "กรุงเทพมหานคร"}
_CHIANG_MAI: Final = {"province": "เชียงใหม่"}
_CHON_BURI: Final = {"province": "ชลบุรี"}
_NAKHON_PHANOM: Final = {"province": "นครพนม"}
_PHUKET: Final = {"province": "ภูเก็ต"}
_PHO_TAK: Final = {"district": "เมืองนครพนม", "province": "นครพนม", "postal_code": "48000"}
_MUEANG_KAEO: Final = {"district": "แม่ริม", "province": "เชียงใหม่", "postal_code": "50180", "subdistrict_code": "500711"}
# Within the city walls and around them: the subdistricts that the city municipality covers.
_CITY_OF_CHIANG_MAI: Final = ("500101", "500102", "500103", "500104", "500105", "500106", "500111", "500115")
_PATTAYA: Final = ("200402", "200403", "200408")
_EVERYWHERE: Final = ("10", "20", "25", "48", "50", "83")


def _sheet(
    authority: str,
    type: str,
    size: int,
    style: str,
    places: tuple[str, ...] = _EVERYWHERE,
    constants: Mapping[str, str] | None = None,
) -> Sheet:
    return Sheet(authority=authority, type=type, size=size, style=style, places=places, constants=constants or {})


SHEETS: Final = (
    _sheet("x-dot", "tour-business", 200, "department", ("10", "50", "83")),
    _sheet("x-dot", "tour-guide", 190, "system"),
    _sheet("dep-0706", "animal-clinic", 120, "department"),
    _sheet("dep-2107", "clinic", 150, "system", ("10",)),
    _sheet("dep-2107", "clinic-advert", 90, "thai-digits"),
    _sheet("dep-2107", "spa", 70, "system", ("10",)),
    _sheet("dep-2110", "drug-import", 50, "city", ("10",), _BANGKOK),
    _sheet("dep-2110", "food-factory", 70, "department", ("10",)),
    _sheet("dep-2203", "factory", 170, "department", ("20", "25", "48")),
    _sheet("dep-1503", "hotel", 80, "city", ("10",), _BANGKOK),
    _sheet("dep-1703", "foreign-worker-import", 50, "department", ("10", "20")),
    _sheet("dep-1703", "overseas-recruitment", 40, "department", ("10",)),
    _sheet("dep-1204", "fuel-station", 100, "system"),
    _sheet("dep-0804", "transport-operator", 100, "department"),
    _sheet("x-ppho50", "clinic", 100, "province", ("50",), _CHIANG_MAI),
    _sheet("x-ppho50", "drug-store", 110, "province", ("50",), _CHIANG_MAI),
    _sheet("x-ppho48", "drug-store", 50, "thai-digits", ("48",), _NAKHON_PHANOM),
    _sheet("x-ppho48", "clinic", 40, "province", ("48",), _NAKHON_PHANOM),
    _sheet("x-ppho48", "spa", 20, "province", ("48",), _NAKHON_PHANOM),
    _sheet("x-prov83", "hotel", 80, "province", ("83",), _PHUKET),
    _sheet("x-prov20", "hotel", 50, "province", ("20",), _CHON_BURI),
    _sheet("x-bma", "food-premises", 160, "city", ("10",), _BANGKOK),
    _sheet("x-bma", "health-hazard", 90, "city", ("10",), _BANGKOK),
    _sheet("x-bma", "market", 25, "city", ("10",), _BANGKOK),
    _sheet("lao-03500102", "food-premises", 110, "city", _CITY_OF_CHIANG_MAI, _CHIANG_MAI),
    _sheet("lao-03500102", "street-vending", 80, "city", _CITY_OF_CHIANG_MAI, _CHIANG_MAI),
    _sheet("lao-04480102", "food-premises", 60, "thai-digits", ("480101", "480102"), _NAKHON_PHANOM),
    _sheet("lao-04480102", "health-hazard", 60, "thai-digits", ("480101", "480102"), _NAKHON_PHANOM),
    _sheet("lao-06480115", "food-premises", 45, "two-digit-years", ("480115",), _PHO_TAK),
    _sheet("lao-06480115", "health-hazard", 25, "two-digit-years", ("480115",), _PHO_TAK),
    _sheet("lao-06500709", "food-premises", 40, "two-digit-years", ("500711",), _MUEANG_KAEO),
    _sheet("lao-06500709", "market", 8, "two-digit-years", ("500711",), _MUEANG_KAEO),
    _sheet("lao-03200408", "food-premises", 70, "city", _PATTAYA, _CHON_BURI),
    _sheet("lao-03200408", "street-vending", 50, "city", _PATTAYA, _CHON_BURI),
)

ORDERS: Final[Mapping[str, str]] = {
    "x-dot": "ที่ กก ๐๔๐๒/{n}",
    "dep-0706": "ที่ กษ ๐๖๐๒/{n}",
    "dep-2107": "ที่ สธ ๐๗๐๒/{n}",
    "dep-2110": "ที่ สธ ๑๐๐๕/{n}",
    "dep-2203": "ที่ อก ๐๓๐๒/{n}",
    "dep-1503": "ที่ มท ๐๓๐๗.๓/{n}",
    "dep-1703": "ที่ รง ๐๓๑๖/{n}",
    "dep-1204": "ที่ พน ๐๔๐๖/{n}",
    "dep-0804": "ที่ คค ๐๔๐๘/{n}",
    "x-ppho50": "ที่ ชม ๐๐๓๓/{n}",
    "x-ppho48": "ที่ นพ ๐๐๓๓/{n}",
    "x-prov83": "คำสั่งจังหวัดภูเก็ต ที่ {n}/{be}",
    "x-prov20": "คำสั่งจังหวัดชลบุรี ที่ {n}/{be}",
    "x-bma": "ที่ กท ๐๗๐๗/{n}",
    "lao-03500102": "คำสั่งเทศบาลนครเชียงใหม่ ที่ {n}/{be}",
    "lao-04480102": "คำสั่งเทศบาลเมืองนครพนม ที่ {n}/{be}",
    "lao-06480115": "คำสั่งองค์การบริหารส่วนตำบลโพธิ์ตาก ที่ {n}/{be}",
    "lao-06500709": "คำสั่งเทศบาลตำบลเหมืองแก้ว ที่ {n}/{be}",
    "lao-03200408": "คำสั่งเมืองพัทยา ที่ {n}/{be}",
}
"""How each authority refers to its orders."""
