"""Where the premises are: real subdistricts, made-up house numbers, lanes and streets."""

import csv
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

PLACES_FILE: Final = Path(__file__).with_name("places.csv")

# Names that any town could have: a name found in one place only would put a made-up shop on a real corner.
_STREETS: Final = ("สุขสบาย", "ราษฎร์ร่วมใจ", "เทศบาล 4", "ริมคลอง", "ประชาร่วมมิตร", "หน้าวัดเก่า", "เลียบทางรถไฟ", "ตลาดใหม่")
_SOIS: Final = ("ร่มเย็น", "ดอกไม้", "ประชาสันติ", "สวนผัก", "มิตรไมตรี", "บ้านสวน")

# Where houses have no village number: the capital and the old towns.
_TOWNS: Final = ("10", "5001", "480101", "480102", "830101", "830102", "200408")


@dataclass(frozen=True)
class Place:
    """One subdistrict; coordinates are empty where they are not known."""

    subdistrict_code: str
    subdistrict_th: str
    subdistrict_en: str
    district_th: str
    district_en: str
    province_th: str
    province_en: str
    postal_code: str
    latitude: str
    longitude: str

    @property
    def province_code(self) -> str:
        """The first two digits of the subdistrict's code."""
        return self.subdistrict_code[:2]


def read_places() -> tuple[Place, ...]:
    """All places, in the order of their codes."""
    with PLACES_FILE.open(encoding="utf-8", newline="") as file:
        return tuple(Place(**row) for row in csv.DictReader(file))


def street(rng: Random, place: Place) -> str:
    """A house number with soi and street in a town, or with a village number (moo) elsewhere."""
    house = f"{rng.randint(1, 999)}" + (f"/{rng.randint(1, 88)}" if rng.random() < 0.5 else "")
    in_town = place.subdistrict_code.startswith(_TOWNS) or rng.random() < 0.4
    parts = [house] if in_town else [house, f"หมู่ที่ {rng.randint(1, 14)}"]
    if rng.random() < 0.4:
        parts.append(f"ซอย{rng.choice(_SOIS)} {rng.randint(1, 30)}")
    if in_town:
        parts.append(f"ถนน{rng.choice(_STREETS)}")
    return " ".join(parts)


def near(rng: Random, place: Place) -> tuple[str, str]:
    """A made-up point within about a kilometre of the place, or empty strings."""
    if not place.latitude:
        return "", ""
    point = (float(text) + rng.uniform(-0.009, 0.009) for text in (place.latitude, place.longitude))
    latitude, longitude = (f"{degrees:.5f}" for degrees in point)
    return latitude, longitude
