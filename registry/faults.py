"""What section 13 asks of every public licence, looked at for the whole register: the rules of the shapes, without a graph."""

from collections.abc import Iterator

from sqlalchemy import select

from registry.access.link import links_told
from registry.access.links import stored_links
from registry.register import Register
from registry.tables import EntryRow
from vocab.disclosure import disclosed
from vocab.iri import LicenseIri
from vocab.section13 import Fault, faults

PIECE = 500
FACE_ITEM = "face-item"
"""The register lacks an item that stands on every licence of the type. No shape sees it: a public document does not tell what is
lacking from what is withheld."""


def faults_found(register: Register, authority: str = "") -> Iterator[tuple[LicenseIri, frozenset[Fault]]]:
    """The faults of each public licence (of one authority, where its code is given), in the order in which they were first
    published; read in pieces. Raises `NoSuchAuthority`."""
    last = 0
    while True:
        with register.database.reading() as session:
            store = register.store(session)
            query = select(EntryRow.license_id).where(EntryRow.license_id > last).order_by(EntryRow.license_id)
            if authority:
                code = store.require_authority(authority).code
                query = query.where(EntryRow.authority_id == store.authority_id(code))
            ids = session.scalars(query.limit(PIECE)).all()
            if not ids:
                return
            found = []
            stored = stored_links(session, ids)
            for record in store.records(ids):
                iri = record.license.iri
                grantor = store.grantor(iri.authority, iri.type)
                public = disclosed(record.license, grantor.license_type)
                status = record.history.status(store.today)
                links = links_told(
                    (each.read(store.codec) for each in stored.get(record.id, ())), record.license, grantor.license_type
                )
                told = [each.access for each in links]
                found.append((iri, faults(public, grantor, record.history, status, store.today, told)))
        yield from found
        last = ids[-1]


def lacking_found(register: Register, authority: str = "") -> Iterator[LicenseIri]:
    """The public licences (of one authority, where its code is given) with the fault `FACE_ITEM`: those that the figures count
    and that lists show as `incomplete=1`. Raises `NoSuchAuthority`."""
    last = 0
    while True:
        with register.database.reading() as session:
            store = register.store(session)
            query = select(EntryRow.license_id).where(EntryRow.license_id > last, EntryRow.is_incomplete)
            if authority:
                code = store.require_authority(authority).code
                query = query.where(EntryRow.authority_id == store.authority_id(code))
            ids = session.scalars(query.order_by(EntryRow.license_id).limit(PIECE)).all()
            found = [record.license.iri for record in store.records(ids)] if ids else []
        yield from found
        if not ids:
            return
        last = ids[-1]
