"""What an authority says of the documents of its licences: links declared, replaced and withdrawn, one transaction each."""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from registry.access.link import Declared, Link, Origin, links_told
from registry.access.links import MOST, By, links_of, write_links
from registry.entries import Entries
from registry.record import LicenseRecord
from registry.register import Register
from registry.services import LicenseWithdrawn, NoSuchLicense
from registry.store import Store
from vocab.access import AccessRefused, LicenseAccess, tells_hidden
from vocab.authority import LicenseType
from vocab.iri import LicenseIri


def set_links(
    register: Register, iri: LicenseIri, wanted: Sequence[LicenseAccess], by: By, origin: Origin = Origin.DECLARED
) -> tuple[Link, ...]:
    """Makes `wanted` all links of the licence that were declared so; none withdraws them. Returns all links that are told then.

    The same again changes nothing. Raises `AccessRefused`, `NoSuchLicense`, `LicenseWithdrawn`; nothing is written then.
    """
    if len(wanted) > MOST:
        raise AccessRefused(
            "too-many", "links", f"a licence has at most {MOST} links that were declared (got {len(wanted)})"
        )

    def declared(record: LicenseRecord, store: Store) -> Sequence[Declared]:
        license_type = store.require_license_type(iri.type)
        for number, access in enumerate(wanted):
            try:
                require_telling_nothing(access, record, license_type)
            except AccessRefused as error:
                raise error.at(f"/links/{number}") from error
        return [Declared(access=access) for access in wanted]

    return change_links(register, iri, origin, by, declared)


def require_telling_nothing(access: LicenseAccess, record: LicenseRecord, license_type: LicenseType) -> None:
    """Raises `AccessRefused` where an address says what the public is not told of the licence."""
    if any(tells_hidden(access, face, license_type) for face in (record.license, record.newest)):
        raise AccessRefused(
            "hidden",
            "download_url" if access.download_url else "access_url",
            "the address has in it what the public is not told of this licence, such as a name: let the file have the licence's "
            "number as its name",
        )


def change_links(
    register: Register,
    iri: LicenseIri,
    origin: Origin,
    by: By,
    declared: Callable[[LicenseRecord, Store], Sequence[Declared]],
) -> tuple[Link, ...]:
    """Makes what `declared` says all links of this origin, with the authority locked. Raises as it does, and as `set_links`."""
    with register.database.writing() as session:
        store = register.store(session)
        record = locked_license(store, iri)
        links = declared(record, store)
        if write_links(session, store.codec, {record.id: links}, origin, by, register.now()):
            follow(register, session, store, [record.id])
        return told(store, record)


def locked_license(store: Store, iri: LicenseIri) -> LicenseRecord:
    """The licence, whose authority nobody else changes until the transaction ends. Raises `NoSuchLicense`, `LicenseWithdrawn`."""
    authority = store.authority(iri.authority)
    if authority is not None:
        store.lock_authority(store.authority_id(authority.code))
    record = store.find(iri)
    if record is None:
        raise NoSuchLicense(f"no licence in this register has the IRI {iri}")
    if not record.is_shown:
        raise LicenseWithdrawn(
            f"the licence {iri} is not public any more: publish it again, then say where its document is"
        )
    return record


def told(store: Store, record: LicenseRecord) -> tuple[Link, ...]:
    """The links of a licence that the public is told."""
    license_type = store.require_license_type(record.license.iri.type)
    return links_told(links_of(store.session, store.codec, record.id), record.license, license_type)


def follow(register: Register, session: Session, store: Store, ids: Sequence[int]) -> None:
    """Entries and the change feed follow; last of all, since others wait from then on."""
    entries = Entries(register, session, store)
    entries.follow(ids)
    entries.finish()
