"""Who grants what, on which legal basis, and what a licence of that type shows on its face."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from vocab.license import LocalText

AUTHORITY_CODE = re.compile(r"(lao-\d{8}|dep-\d{4,5}|tin-\d{13}|x-[a-z0-9]{2,16})", re.ASCII)
TYPE_CODE = re.compile(r"[a-z0-9-]{1,40}", re.ASCII)
_BUDDHIST_ERA = 543


class Level(StrEnum):
    CENTRAL = "central"
    REGIONAL = "regional"
    LOCAL = "local"


class Disclosure(StrEnum):
    """How much of an item of a natural person the public may see."""

    PUBLIC = "public"
    MASKED = "masked"
    RESTRICTED = "restricted"


@dataclass(frozen=True, slots=True, kw_only=True)
class LicensingAuthority:
    """A body that grants licences. `code` is the one at minting and stays in its IRIs for good (design: identifiers);
    `other_codes` are the others it had or has, and lead to the same place."""

    code: str
    name: LocalText
    level: Level
    other_codes: tuple[str, ...] = ()
    ministry: LocalText | None = None
    province_code: str = ""
    homepage: str = ""

    def __post_init__(self) -> None:
        for code in (self.code, *self.other_codes):
            if not AUTHORITY_CODE.fullmatch(code):
                raise ValueError(f"an authority code is lao-/dep-/tin-/x- and its digits (got {code!r})")


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalProvision:
    """A section of an act: `code` such as `pha-2535/s38` is the tail of its IRI."""

    code: str
    title: LocalText
    section: str = ""


class FaceField(StrEnum):
    """The items that a face can show. `PARTICULAR` stands for an item of the type's own, named by its code."""

    NUMBER = "number"
    LICENSEE = "licensee"
    PREMISES_NAME = "premises-name"
    PREMISES_ADDRESS = "premises-address"
    ACTIVITY = "activity"
    CONDITION = "condition"
    ISSUED_ON = "issued-on"
    VALID_FROM = "valid-from"
    EXPIRES_ON = "expires-on"
    PARTICULAR = "particular"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceItem:
    """One item printed on the licence. `code` is set for particulars only."""

    field: FaceField
    label: LocalText
    code: str = ""
    required: bool = True
    disclosure: Disclosure = Disclosure.PUBLIC

    def __post_init__(self) -> None:
        if (self.field is FaceField.PARTICULAR) != bool(self.code):
            raise ValueError(
                f"a code belongs to a particular and to nothing else (got {self.field} with {self.code!r})"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseType:
    """A kind of licence, shared by all authorities that grant it.

    `legal_basis` is empty where it is not known, and then shown as missing. `display_required` says whether a law
    makes the licensee display it openly (section 13 binds only these); None is not known.
    """

    code: str
    name: LocalText
    legal_basis: tuple[LegalProvision, ...] = ()
    face: tuple[FaceItem, ...] = ()
    display_required: bool | None = None

    def __post_init__(self) -> None:
        if not TYPE_CODE.fullmatch(self.code):
            raise ValueError(f"a license type code is 1 to 40 of a-z 0-9 - (got {self.code!r})")

    def item(self, field: FaceField, code: str = "") -> FaceItem | None:
        """The face item for `field` (and `code`, for particulars), or None where the face does not show it."""
        return next((item for item in self.face if item.field is field and item.code == code), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class GazetteAnnouncement:
    """The announcement under section 13(1): display is lawful once it is gazetted and in force."""

    code: str
    title: LocalText
    types: tuple[str, ...]
    gazette_ref: str = ""
    published_on: date | None = None
    in_force_from: date | None = None
    online_copy: str = ""


class Scope(StrEnum):
    """What beside the number makes a licence of one authority and type unique."""

    NUMBER = "number"
    YEAR = "year"
    OFFICE = "office"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberingScheme:
    """How one authority numbers one type. `pattern` is what a number usually looks like: another one is a warning
    and never a refusal. `scope` YEAR or OFFICE makes the qualifier of the IRI."""

    pattern: str = ""
    scope: frozenset[Scope] = frozenset({Scope.NUMBER})

    def __post_init__(self) -> None:
        re.compile(self.pattern)

    @property
    def has_years(self) -> bool:
        """Whether numbers start again each year, so that a licence is known only with its year."""
        return Scope.YEAR in self.scope

    def qualifier(self, granted_on: date | None) -> str | None:
        """The qualifier of the IRI of a licence granted on this day: its Buddhist year, where the year tells licences apart."""
        if not self.has_years:
            return None
        if granted_on is None:
            raise ValueError("numbers start again each year: the day of issue is needed")
        return f"be{granted_on.year + _BUDDHIST_ERA}"

    def expects(self, number: str) -> bool:
        """Whether `number` looks as this scheme says."""
        return not self.pattern or re.fullmatch(self.pattern, number) is not None


class Frequency(StrEnum):
    """How often an authority promises to send its list; as the EU's code list of frequencies names it."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"

    @property
    def days(self) -> int:
        """After so many days without a list the promise is not kept."""
        return {"daily": 1, "weekly": 7, "monthly": 31, "quarterly": 92, "yearly": 366}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """The right of an authority to grant a type, and how it numbers it. `frequency` is None where it has promised none."""

    authority: str
    type: str
    scheme: NumberingScheme = NumberingScheme()
    frequency: Frequency | None = None
