"""The declaration of who grants what: authorities, types, mandates and announcements, from a TOML file."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import cast

from cattrs import BaseValidationError
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from registry.codec import causes, converter
from registry.entries import relist
from registry.keyring import ensure_keys
from registry.poster.seals import put_seal, read_seal
from registry.register import Register
from registry.tables import AnnouncementRow, AuthorityCodeRow, AuthorityRow, InstanceRow, LicenseTypeRow, MandateRow
from vocab.authority import GazetteAnnouncement, LicenseType, LicensingAuthority, Mandate

_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`\x00-\x20]+", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*", re.ASCII)


class CatalogueInvalid(ValueError):
    """The declaration cannot be used. Says where in the file, what was read and what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredAnnouncement(GazetteAnnouncement):
    """An announcement as declared: with the authority that made it."""

    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredAuthority(LicensingAuthority):
    """An authority as declared: with the file of its seal, beside the declaration, where it gave one."""

    seal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What one file declares. `seals` are the pictures of those authorities that gave one, by their codes."""

    authority: tuple[DeclaredAuthority, ...] = ()
    type: tuple[LicenseType, ...] = ()
    mandate: tuple[Mandate, ...] = ()
    announcement: tuple[DeclaredAnnouncement, ...] = ()
    seals: Mapping[str, bytes] = field(default_factory=dict)


def read_catalogue(path: Path) -> Catalogue:
    """The declaration in `path`. Raises `CatalogueInvalid`."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        if "seals" in document:
            raise CatalogueInvalid(f'{path}: a seal is told by its authority (seal = "seal.png")')
        catalogue = _CONVERTER.structure(document, Catalogue)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CatalogueInvalid(f"{path}: {error}") from error
    except BaseValidationError as error:
        raise CatalogueInvalid(f"{path}: {causes(error, 'catalogue')}") from error
    _require_consistent(catalogue, path)
    given = {each.code: each.seal for each in catalogue.authority if each.seal}
    return replace(catalogue, seals={code: read_seal(path.parent / name) for code, name in given.items()})


def declare(register: Register, catalogue: Catalogue) -> None:
    """Puts `catalogue` into the register, in one transaction: what is new is added, what changed replaces the old.

    Repeating it changes nothing but the instant of the last declaration. Each authority gets its keys. Nothing is ever removed by
    leaving it out.
    """
    with register.database.writing() as session:
        for authority in catalogue.authority:
            authority_id = _put(session, register, AuthorityRow, authority.code, _noun(authority))
            _list_authority(session, authority_id, authority)
            for code in (authority.code, *authority.other_codes):
                _claim_code(session, code, authority_id)
            ensure_keys(register, session, authority_id, authority.code)
            if authority.code in catalogue.seals:
                put_seal(session, authority_id, catalogue.seals[authority.code])
        for license_type in catalogue.type:
            _put_type(session, register, license_type)
        for mandate in catalogue.mandate:
            _put_mandate(session, register, mandate)
        for announcement in catalogue.announcement:
            _put_announcement(session, register, announcement)
        session.execute(update(InstanceRow).values(declared_at=register.now()))


def _noun(declared: DeclaredAuthority) -> LicensingAuthority:
    """The authority without what stands elsewhere."""
    return LicensingAuthority(**{name: getattr(declared, name) for name in LicensingAuthority.__dataclass_fields__})


def _put(
    session: Session,
    register: Register,
    table: type[AuthorityRow] | type[LicenseTypeRow],
    code: str,
    noun: LicensingAuthority | LicenseType,
) -> int:
    found = session.scalars(select(table).where(table.code == code)).one_or_none()
    row = cast(AuthorityRow | LicenseTypeRow | None, found)
    document = register.codec.dump(noun)
    if row is None:
        row = table(code=code, document=document)
        session.add(row)
    elif row.document != document:
        row.document = document
    session.flush()
    return row.id


def _list_authority(session: Session, authority_id: int, authority: LicensingAuthority) -> None:
    row = session.get_one(AuthorityRow, authority_id)
    row.level = authority.level.value
    row.ministry, row.ministry_en = (authority.ministry.th, authority.ministry.en) if authority.ministry else ("", "")


def _put_type(session: Session, register: Register, license_type: LicenseType) -> None:
    before = session.scalar(select(LicenseTypeRow.document).where(LicenseTypeRow.code == license_type.code))
    type_id = _put(session, register, LicenseTypeRow, license_type.code, license_type)
    if before is not None and before != register.codec.dump(license_type):
        _outdate(session, MandateRow.type_id == type_id)
        # What may be seen of its licences may be another now.
        relist(register, session, type_id)


def _claim_code(session: Session, code: str, authority_id: int) -> None:
    row = session.get(AuthorityCodeRow, code)
    if row is None:
        session.add(AuthorityCodeRow(code=code, authority_id=authority_id))
        session.flush()
    elif row.authority_id != authority_id:
        raise CatalogueInvalid(f"authority code {code} already belongs to another authority in this register")


def _put_mandate(session: Session, register: Register, mandate: Mandate) -> None:
    key = (_id(session, AuthorityRow, mandate.authority), _id(session, LicenseTypeRow, mandate.type))
    row = session.get(MandateRow, key)
    if row is None:
        session.add(MandateRow(authority_id=key[0], type_id=key[1], document=register.codec.dump(mandate)))
    elif row.document != (document := register.codec.dump(mandate)):
        row.document = document
        _outdate(session, MandateRow.authority_id == key[0], MandateRow.type_id == key[1])


def _outdate(session: Session, *which: ColumnElement[bool]) -> None:
    """What was staged by other numbering schemes or faces must be compared anew before it is published."""
    session.execute(update(MandateRow).where(*which).values(generation=MandateRow.generation + 1))


def _put_announcement(session: Session, register: Register, declared: DeclaredAnnouncement) -> None:
    authority_id = _id(session, AuthorityRow, declared.authority)
    fields = {name: getattr(declared, name) for name in GazetteAnnouncement.__dataclass_fields__}
    document = register.codec.dump(GazetteAnnouncement(**fields))
    row = session.scalar(
        select(AnnouncementRow).where(
            AnnouncementRow.authority_id == authority_id, AnnouncementRow.code == declared.code
        )
    )
    if row is None:
        session.add(AnnouncementRow(authority_id=authority_id, code=declared.code, document=document))
    else:
        row.document = document


def _id(session: Session, table: type[AuthorityRow] | type[LicenseTypeRow], code: str) -> int:
    found = session.scalar(select(table.id).where(table.code == code))
    if found is None:
        raise CatalogueInvalid(f"{table.__tablename__} {code} is declared neither in this file nor in the register")
    return found


def _require_consistent(catalogue: Catalogue, path: Path) -> None:
    """Raises `CatalogueInvalid` for what would fail only later, when a licence is signed, or never."""
    for where, address in _addresses(catalogue):
        if address and not _WEB_ADDRESS.fullmatch(address):
            raise CatalogueInvalid(f"{path}: {where} is a web address, https://... (got {address!r})")
    for where, code in _codes(catalogue):
        if not _CODE.fullmatch(code):
            raise CatalogueInvalid(f"{path}: {where} is made of a-z, A-Z, 0-9, - . _ and / (got {code!r})")
    for kind, codes in (
        ("authority", [authority.code for authority in catalogue.authority]),
        ("type", [license_type.code for license_type in catalogue.type]),
    ):
        twice = {code for code in codes if codes.count(code) > 1}
        if twice:
            raise CatalogueInvalid(f"{path}: {kind} declared twice: {', '.join(sorted(twice))}")


def _addresses(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    for authority in catalogue.authority:
        yield f"homepage of authority {authority.code}", authority.homepage
    for announcement in catalogue.announcement:
        yield f"online_copy of announcement {announcement.code}", announcement.online_copy


def _codes(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """The codes that become part of an IRI, beside those which the nouns check themselves."""
    for announcement in catalogue.announcement:
        yield f"code of an announcement of {announcement.authority}", announcement.code
    for license_type in catalogue.type:
        for provision in license_type.legal_basis:
            yield f"code of the legal basis of type {license_type.code}", provision.code
    for authority in catalogue.authority:
        if authority.province_code:
            yield f"province_code of authority {authority.code}", authority.province_code


def _date(value: object, _: type[date]) -> date:
    # TOML has dates of its own, where JSON has text.
    if type(value) is not date:
        raise TypeError(f"expected a date such as 2023-05-26, without quotation marks (got {value!r})")
    return value


_CONVERTER = converter()
_CONVERTER.register_structure_hook(date, _date)
