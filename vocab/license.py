"""The licence and what is printed on it: frozen values, made once at the boundary.

A `License` is the right that was granted, as its face states it: it does not change with time. What happened to it
afterwards is its `History` (`vocab.history`).
"""

from dataclasses import dataclass
from datetime import date

from vocab.iri import LicenseIri


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalText:
    """A text in Thai and, where known, in English. Either may be empty, not both."""

    th: str = ""
    en: str = ""

    def __post_init__(self) -> None:
        if not (self.th or self.en):
            raise ValueError("a text needs Thai or English (got neither)")

    def __str__(self) -> str:
        return self.th or self.en

    def in_language(self, lang: str) -> str:
        """The text in `lang` ("th" or "en"), or in the other language where that is all there is."""
        return (self.en or self.th) if lang == "en" else (self.th or self.en)


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """A licensee that is a juristic person; `juristic_id` is its 13-digit registration number or empty."""

    name: LocalText
    juristic_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A licensee that is a natural person: the name as printed, and never a citizen number."""

    name: LocalText


Licensee = Organization | Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address in Thailand. `subdistrict_code` has 6 digits: its first 4 are the district, its first 2 the province."""

    street: str = ""
    subdistrict: str = ""
    district: str = ""
    province: str = ""
    postal_code: str = ""
    subdistrict_code: str = ""

    @property
    def is_empty(self) -> bool:
        return not any((self.street, self.subdistrict, self.district, self.province, self.postal_code))


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """The place that the licence is for. Coordinates are decimal strings (WGS 84), since JSON floats become doubles."""

    name: LocalText | None = None
    address: Address = Address()
    latitude: str = ""
    longitude: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Particular:
    """A further item printed on the face: a class, an area, a capacity. `code` names it in the type's face profile."""

    code: str
    label: LocalText
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """The days from and until which the licence may be used, both inclusive, in Thai legal time.

    `valid_from` or `expires_on` is None where the source does not state it; `no_expiry` says that there is no end,
    which is a statement of the law or the authority and never a guess from a blank cell.
    """

    valid_from: date | None = None
    expires_on: date | None = None
    no_expiry: bool = False

    def __post_init__(self) -> None:
        if self.no_expiry and self.expires_on:
            raise ValueError(f"a term without expiry cannot expire on {self.expires_on}")
        if self.valid_from and self.expires_on and self.expires_on < self.valid_from:
            raise ValueError(f"a term ends ({self.expires_on}) before it begins ({self.valid_from})")


@dataclass(frozen=True, slots=True, kw_only=True)
class License:
    """A licence as its face states it. `iri` holds the number; `number_as_received` is the cell before trimming."""

    iri: LicenseIri
    number_as_received: str
    licensees: tuple[Licensee, ...] = ()
    premises: tuple[Premises, ...] = ()
    activities: tuple[LocalText, ...] = ()
    conditions: tuple[str, ...] = ()
    particulars: tuple[Particular, ...] = ()
    issued_on: date | None = None
    term: Term = Term()
    renews: LicenseIri | None = None
    aliases: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """The number as registered: what is printed, in NFC, without outer white space."""
        return self.iri.number
