"""What the pages of authorities and license types show, as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from registry import urls
from registry.intake.wording import look_of_numbers
from registry.keyring import Key, keys_in
from registry.register import Register
from registry.section13 import Figures, figures
from registry.store import Store
from vocab.authority import GazetteAnnouncement, LicenseType, LicensingAuthority, NumberingScheme
from vocab.resource import did_web

PAGE = 200
"""So many authorities stand on the page of a type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityPage:
    """An authority: what it grants, how fresh that is, under which announcements, and with which keys it signs."""

    authority: LicensingAuthority
    types: Sequence[Figures]
    announcements: Sequence[GazetteAnnouncement]
    keys: Sequence[Key]
    did: str
    did_path: str

    @property
    def licenses(self) -> int:
        return sum(each.licenses for each in self.types)

    @property
    def received_at(self) -> datetime | None:
        """When anything of it was last received."""
        return max((each.received_at for each in self.types if each.received_at), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """How the numbers of an authority look: `look` is the pattern with N for a digit, or, where that is not plain, as programs
    read it."""

    look: str
    is_plain: bool
    has_years: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantorOfType:
    """An authority that grants a type: how many licences of the type are public, and how it numbers them."""

    authority: LicensingAuthority
    licenses: int
    numbers: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class TypePage:
    """A license type: its legal basis, its face, who grants it (a page of them, which goes on
    behind `after`), how it is numbered."""

    license_type: LicenseType
    licenses: int
    grantors: Sequence[GrantorOfType]
    after: str

    @property
    def has_plain_numbers(self) -> bool:
        return any(each.numbers.look and each.numbers.is_plain for each in self.grantors)


def authority_page(register: Register, store: Store, authority: LicensingAuthority) -> AuthorityPage:
    code = authority.code
    return AuthorityPage(
        authority=authority,
        types=figures(store, [authority]),
        announcements=store.announcements(code),
        keys=keys_in(store.session, code),
        did=did_web(register.base, code),
        did_path=urls.did_document(code),
    )


def type_page(
    store: Store, license_type: LicenseType, counts: Mapping[tuple[str, str], int], after: str = ""
) -> TypePage:
    """`counts`: how many licences are public, by the codes of authority and type. Grantors from that behind `after` on."""
    code = license_type.code
    found = store.authorities(after=after, limit=PAGE + 1, license_type=code)
    authorities = {each.code: each for each in found[:PAGE]}
    return TypePage(
        license_type=license_type,
        licenses=sum(count for (_, of), count in counts.items() if of == code),
        after=found[PAGE - 1].code if len(found) > PAGE else "",
        grantors=[
            GrantorOfType(
                authority=authorities[mandate.authority],
                licenses=counts.get((mandate.authority, code), 0),
                numbers=numbers_of(mandate.scheme),
            )
            for mandate in store.mandates(license_type=code, authorities=authorities)
        ],
    )


def numbers_of(scheme: NumberingScheme) -> Numbers:
    """How numbers of the scheme look, for people."""
    look = look_of_numbers(scheme.pattern)
    is_plain = look != scheme.pattern or scheme.pattern.replace("/", "").replace("-", "").isalnum()
    return Numbers(look=look, is_plain=is_plain, has_years=scheme.has_years)
