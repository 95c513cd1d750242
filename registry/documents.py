"""The catalogue's document of a licence, from its record."""

from collections.abc import Iterable, Sequence

from registry import urls
from registry.access.link import Link, link_nodes
from registry.federation.words import reason_in
from registry.original import Original
from registry.record import LicenseRecord
from vocab.graph import Grantor, Node, OriginalState, RecordState, document
from vocab.history import Status
from vocab.license import License, LocalText
from vocab.resource import version_iri


def license_node(
    record: LicenseRecord,
    public: License,
    grantor: Grantor,
    status: Status,
    versions: Iterable[int] = (),
    links: Sequence[Link] = (),
) -> Node:
    """The JSON-LD document of a licence; `public` is what of it is disclosed, `versions` the sequences of those to be named,
    `links` those that the public is told."""
    iri = record.license.iri
    successor = next((act.successor for act in record.history.in_effect() if act.successor is not None), None)
    state = RecordState(
        status=record.record_status,
        created_at=record.created_at,
        modified_at=record.modified_at,
        document=grantor.base + urls.license_document(iri, "jsonld"),
        replaces=(str(record.license.renews),) if record.license.renews else (),
        replaced_by=str(successor) if successor else "",
        versions=tuple(version_iri(grantor.base, sequence) for sequence in versions),
        original=_original(record.original) if record.original else None,
        access=link_nodes(links, public, grantor.base),
    )
    return document(public, grantor, record.history, status, state)


def _original(original: Original) -> OriginalState:
    note = LocalText(th=reason_in("th", original), en=reason_in("en", original)) if original.reason else None
    return OriginalState(
        iri=original.iri,
        credential=original.credential,
        digest=original.digest,
        proven_at=original.proven_at,
        stale_since=original.since,
        note=note,
    )
