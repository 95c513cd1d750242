"""How each authority of the demo numbers each type: the awkward shapes that real schemes have, invented serials."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from registry.demo.places import Place
from vocab.thai import thai_digits


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a number is made of: its serial, the day of issue and the place."""

    rng: Random
    serial: int
    issued_on: date
    place: Place

    @property
    def be(self) -> int:
        """The year of issue in the Buddhist era, four digits."""
        return self.issued_on.year + 543

    @property
    def yy(self) -> str:
        """Its last two digits."""
        return f"{self.be % 100:02}"


@dataclass(frozen=True, kw_only=True)
class Numbering:
    """`make` writes a number; serials begin at `first`, again each year where `yearly`, with gaps of up to `gap`.

    `odd` are templates for numbers off the scheme, as every real list has a few: they take the place of as many
    ordinary ones. `scope_year` numbers repeat, and the year of issue qualifies them.
    """

    make: Callable[[Facts], str]
    first: int = 1
    gap: int = 2
    yearly: bool = True
    odd: tuple[str, ...] = ()
    aliases: Callable[[Facts, str], tuple[str, ...]] | None = None
    scope_year: bool = False

    def odd_number(self, at: int, facts: Facts) -> str:
        """The number from the template `odd[at]`."""
        return self.odd[at].format(serial=facts.serial, be=facts.be, yy=facts.yy, be_th=thai_digits(str(facts.be)))


_TOUR_GROUPS: Final = {"10": "11", "50": "21", "83": "31"}
_FACTORY_CLASSES: Final = ("2-9(6)", "3-9(6)", "3-53(1)", "3-64(13)", "3-7(1)", "3-105", "3-10(1)")
_PROVINCE_LETTERS: Final = {"20": "ชบ", "25": "ปจ", "48": "นพ"}


def _factory(facts: Facts) -> str:
    letter = facts.rng.choice(("จ", "จ", "ข", "", ""))
    kind = facts.rng.choice(_FACTORY_CLASSES)
    return f"{letter}{kind}-{facts.serial}/{facts.yy}{_PROVINCE_LETTERS[facts.place.province_code]}"


def _factory_aliases(facts: Facts, number: str) -> tuple[str, ...]:
    registered = f"10{facts.place.province_code}{facts.serial:05}{facts.be}{facts.rng.randint(0, 9)}"
    chance = facts.rng.random()
    if chance < 0.08:  # a few bear three numbers: the new one, the one in an old file, the one on the sign
        return registered, f"{number} (เดิม)", f"น.{facts.serial}/{facts.be}-อก."
    return (registered,) if chance < 0.6 else ()


def _tour_aliases(facts: Facts, number: str) -> tuple[str, ...]:
    return (f"กทท.{number}",) if facts.rng.random() < 0.2 else ()


def _clinic(facts: Facts) -> str:
    return f"{facts.place.province_code}{facts.rng.choice('12')}{facts.serial:06}{facts.yy}"


def _spa(facts: Facts) -> str:
    return f"สส.{facts.place.province_code}-{facts.serial:04}/{facts.be}"


NUMBERINGS: Final[Mapping[tuple[str, str], Numbering]] = {
    ("x-dot", "tour-business"): Numbering(
        make=lambda of: f"{_TOUR_GROUPS[of.place.province_code]}/{of.serial:05}",
        first=8041,
        gap=9,
        yearly=False,
        aliases=_tour_aliases,
    ),
    ("x-dot", "tour-guide"): Numbering(make=lambda of: f"11-{of.serial:05}", first=40117, gap=23, yearly=False),
    ("dep-0706", "animal-clinic"): Numbering(
        make=lambda of: f"{of.rng.choice(('01', '02', '03'))}-{of.serial:03}/{of.be}",
        gap=9,
        odd=("04--01-{serial:03}/{be}", "{serial:04}-01-04", "04-012-{serial:03}/{be}"),
    ),
    ("dep-2107", "clinic"): Numbering(make=_clinic, first=10012, gap=11, yearly=False),
    ("dep-2107", "clinic-advert"): Numbering(
        make=lambda of: f"ฆสพ.สบส : {thai_digits(f'{of.serial} / {of.be}')}", first=4601, gap=14
    ),
    ("dep-2107", "spa"): Numbering(make=_spa, gap=6),
    ("dep-2110", "drug-import"): Numbering(make=lambda of: f"นย1 กท {of.serial}/{of.be}", gap=5),
    ("dep-2110", "food-factory"): Numbering(
        make=lambda of: f"10-{of.rng.choice('12')}-{of.serial:05}", first=2611, gap=17, yearly=False
    ),
    ("dep-2203", "factory"): Numbering(make=_factory, gap=12, aliases=_factory_aliases),
    ("dep-1503", "hotel"): Numbering(make=lambda of: f"รร.กท. {of.serial:04}/{of.be}", first=17, gap=8),
    ("dep-1703", "foreign-worker-import"): Numbering(make=lambda of: f"นจ. {of.serial:04}/{of.be}", first=96, gap=3),
    ("dep-1703", "overseas-recruitment"): Numbering(make=lambda of: f"ต.{of.serial}/{of.be}", first=1201, gap=6),
    ("dep-1204", "fuel-station"): Numbering(make=lambda of: f"{of.serial}/{of.be} แบบ ธพ.น.2", gap=4),
    ("dep-0804", "transport-operator"): Numbering(
        make=lambda of: f"ค.{of.rng.choice('กขบ')}. {of.serial}/{of.be}", first=88, gap=9
    ),
    ("x-ppho50", "clinic"): Numbering(make=_clinic, first=2204, gap=7, yearly=False),
    ("x-ppho50", "drug-store"): Numbering(make=lambda of: f"ชม {of.serial}/{of.be}", gap=4),
    ("x-ppho48", "drug-store"): Numbering(make=lambda of: f"นพ {thai_digits(f'{of.serial}/{of.be}')}", gap=3),
    ("x-ppho48", "clinic"): Numbering(make=_clinic, first=311, gap=5, yearly=False),
    ("x-ppho48", "spa"): Numbering(make=_spa, gap=3),
    ("x-prov83", "hotel"): Numbering(make=lambda of: f"{of.serial}/{of.be}", gap=5),
    ("x-prov20", "hotel"): Numbering(make=lambda of: f"ชบ {of.serial:04}/{of.be}", gap=5),
    ("x-bma", "food-premises"): Numbering(
        make=lambda of: f"{of.place.subdistrict_code[:4]}-{of.serial:04}/{of.be}", gap=6
    ),
    ("x-bma", "health-hazard"): Numbering(make=lambda of: f"ว.{of.serial}/{of.be}", gap=7),
    ("x-bma", "market"): Numbering(make=lambda of: f"ตลาด [{of.serial}]/{of.be}", gap=2),
    ("lao-03500102", "food-premises"): Numbering(make=lambda of: f"{of.serial}/{of.be}", gap=3),
    ("lao-03500102", "street-vending"): Numbering(make=lambda of: f"ส.{of.serial:04}-{of.yy}", gap=3),
    ("lao-04480102", "food-premises"): Numbering(
        make=lambda of: f"เล่มที่ {1 + of.serial // 50} เลขที่ {of.serial}/{of.be}", gap=2
    ),
    ("lao-04480102", "health-hazard"): Numbering(
        make=lambda of: thai_digits(f"เล่มที่ {1 + of.serial // 50} เลขที่ {of.serial} ปี {of.be}"),
        odd=("ใบอนุญาตประกอบกิจการที่เป็นอันตรายต่อสุขภาพ (ฉบับแทน) เล่มที่ ๑ เลขที่ ๙๙/๑ ปี {be_th}",),
    ),
    ("lao-06480115", "food-premises"): Numbering(
        # The paper book of each year goes on from the vendors' book, so that 45 comes early in every year.
        make=lambda of: f"{of.serial}",
        first=44,
        gap=1,
        scope_year=True,
    ),
    ("lao-06480115", "health-hazard"): Numbering(make=lambda of: f"(อภ.) {of.serial}/{of.be}"),
    ("lao-06500709", "food-premises"): Numbering(
        make=lambda of: f"{of.serial:03}/{of.be}",
        odd=("5.ttl", "ก.7/{be}.", "{serial:03}-{be}"),  # the number of a file once got into the column, and stayed
    ),
    ("lao-06500709", "market"): Numbering(make=lambda of: f"ตล {thai_digits(f'{of.serial}/{of.be}')}"),
    ("lao-03200408", "food-premises"): Numbering(make=lambda of: f"PTY-{of.be}-{of.serial:05}", first=61, gap=5),
    ("lao-03200408", "street-vending"): Numbering(
        make=lambda of: f"PTY/V {of.serial:04}", first=807, gap=4, yearly=False
    ),
}
