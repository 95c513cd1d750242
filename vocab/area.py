"""Provinces by their two digits (Department of Provincial Administration); districts and subdistricts by what their codes say.

A code has 2 (province), 4 (district) or 6 (subdistrict) digits, and begins with that of what it lies in.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from vocab.license import LocalText
from vocab.place import place_name

_CODE = re.compile(r"\d{2}(\d{2}){0,2}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A province, district or subdistrict. `name` is without its title, and None where nobody has told it."""

    code: str
    name: LocalText | None = None

    def __post_init__(self) -> None:
        if _CODE.fullmatch(self.code) is None:
            raise ValueError(f"the code of an area has 2, 4 or 6 digits (got {self.code!r})")

    @property
    def parent(self) -> str:
        """The code of what it lies in; empty for a province."""
        return self.code[:-2]


@cache
def provinces() -> Mapping[str, Area]:
    """The 77 provinces, by code."""
    with (Path(__file__).parent / "data" / "provinces.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: Area(code=row["code"], name=LocalText(th=row["th"], en=row["en"]))
            for row in csv.DictReader(file)
        }


@cache
def _by_name() -> Mapping[str, str]:
    return {_squeezed(name): area.code for area in provinces().values() if area.name for name in _names(area.name)}


def province_code(name: str) -> str:
    """The code of the province with this name, Thai or English, with its title or without, with spaces or without; empty where
    there is none."""
    return _by_name().get(_squeezed(place_name(name)), "")


def province_name(name: str) -> str:
    """The Thai name, without its title, of the province with this name in either language; where there is none, the name."""
    area = provinces().get(province_code(name))
    return area.name.th if area is not None and area.name is not None else place_name(name)


def province_called(name: str) -> LocalText:
    """The province with this name in both languages; the name alone where there is none."""
    area = provinces().get(province_code(name))
    return area.name if area is not None and area.name is not None else LocalText(th=name)


def is_area_code(text: str) -> bool:
    """Whether `text` is written as the code of an area is, and lies in a province that there is."""
    return _CODE.fullmatch(text) is not None and text[:2] in provinces()


def _squeezed(name: str) -> str:
    return "".join(name.casefold().split())


def _names(name: LocalText) -> tuple[str, str]:
    return name.th, name.en
