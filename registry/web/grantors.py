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
from registry.web.linking import Link, Thing
from vocab.authority import GazetteAnnouncement, LicenseType, LicensingAuthority, NumberingScheme
from vocab.graph import Node
from vocab.linked import authority_document, type_document
from vocab.resource import did_web

PAGE = 200
"""So many authorities stand on the page of a type, and in its documents."""
MOST_LINKS = 40
"""So many parts are named in the header of an authority's documents: proxies refuse long ones. All stand in the documents."""


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


def authority_thing(store: Store, authority: LicensingAuthority) -> Thing:
    """The authority, whose documents lead to what it has announced and to the types that it grants, as far as a header may."""
    code = authority.code
    paths = [
        *(urls.announcement(code, each.code) for each in store.announcements(code)),
        *(urls.type_id(each.type) for each in store.mandates(authority=code)),
    ]
    return Thing(
        path=urls.authority_id(code),
        document=lambda form: urls.authority_document(code, form),
        links=tuple(Link("item", path) for path in paths[:MOST_LINKS]),
    )


def type_thing(license_type: LicenseType, following: str = "") -> Thing:
    """The type, whose documents lead to the list of types, and to `following`, their next page, if there is one."""
    code = license_type.code
    links = (Link("collection", urls.license_type_scheme()), *((Link("next", following),) if following else ()))
    return Thing(path=urls.type_id(code), document=lambda form: urls.type_document(code, form), links=links)


def authority_graph(store: Store, authority: LicensingAuthority) -> Node:
    """What the register says of an authority to machines."""
    mandates = store.mandates(authority=authority.code)
    types = [store.require_license_type(each.type) for each in mandates]
    return authority_document(authority, types, store.announcements(authority.code), store.base)


def type_grantors(store: Store, license_type: LicenseType, after: str = "") -> tuple[list[LicensingAuthority], str]:
    """A page of those who grant the type, behind the code `after`; and the code behind which the next begins, if there is one."""
    found = store.authorities(after=after, limit=PAGE + 1, license_type=license_type.code)
    return found[:PAGE], found[PAGE - 1].code if len(found) > PAGE else ""


def type_graph(store: Store, license_type: LicenseType, grantors: Sequence[LicensingAuthority]) -> Node:
    """What the register says of a type to machines, with these of its grantors."""
    announced = store.announcements_by([each.code for each in grantors])
    return type_document(license_type, [(each, announced.get(each.code, ())) for each in grantors], store.base)


def type_page(
    store: Store, license_type: LicenseType, counts: Mapping[tuple[str, str], int], after: str = ""
) -> TypePage:
    """`counts`: how many licences are public, by the codes of authority and type. Grantors from that behind `after` on."""
    code = license_type.code
    found, following = type_grantors(store, license_type, after)
    authorities = {each.code: each for each in found}
    return TypePage(
        license_type=license_type,
        licenses=sum(count for (_, of), count in counts.items() if of == code),
        after=following,
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
