"""Stored licences to the lines of a dump, packed: work for several processes, none of which asks the database."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import orjson

from registry.access.link import links_told
from registry.codec import Codec
from registry.documents import license_node
from registry.dumps.stored import StoredLicense
from registry.dumps.table import cells, heading, lines
from registry.record import LicenseRecord, Version, license_record, shown_versions
from verify.canonical import general_nquads, plain_nquads
from vocab.contexts import DocumentLoader, document_loader
from vocab.disclosure import disclosed
from vocab.graph import Grantor, Node, announcement_node, authority_node, provision_node, type_node
from vocab.history import Act
from vocab.license import License
from vocab.terms import catalogue_contexts

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LEVEL = 3
MEDIA_TYPES = {"csv": "text/csv", "jsonl": "application/jsonl", "nt": "application/n-triples"}
"""The formats of a dump, in the order of `Packed`."""


@dataclass(frozen=True)
class Making:
    """What all licences of a dump have in common; their status is that of the day `today`."""

    grantor: Grantor
    today: date


class Packed(NamedTuple):
    """Some lines in each format, each a Zstandard frame (RFC 8878): frames one after the other are a file of that kind too."""

    csv: bytes
    jsonl: bytes
    nt: bytes


def opening(making: Making) -> Packed:
    """What stands before the licences: the headings of the table, and what is said once of those who grant them."""
    return _packed(heading(making.grantor.license_type), b"", _common(making.grantor))


def packed_lines(making: Making, piece: Sequence[StoredLicense]) -> Packed:
    """The lines of some licences."""
    grantor, today = making.grantor, making.today
    rows, documents, triples = [], [], []
    for stored in piece:
        versions = _versions(stored, grantor.base)
        record = _record(stored, versions, grantor.base, today)
        shown = [each.sequence for each in shown_versions(versions, record, stored.taken_back, today)]
        public = disclosed(record.license, grantor.license_type)
        status = record.history.status(today)
        links = links_told(
            (each.read(_codec(grantor.base)) for each in stored.links), record.license, grantor.license_type
        )
        node = license_node(record, public, grantor, status, shown, links)
        rows.append(cells(record, public, status, stored.digest, grantor))
        documents.append(orjson.dumps(node, option=orjson.OPT_APPEND_NEWLINE))
        triples.append(_triples(_named(node), grantor.base))
    return _packed(lines(rows), b"".join(documents), b"".join(triples))


def _versions(stored: StoredLicense, base: str) -> list[Version]:
    codec = _codec(base)
    return [
        Version(sequence=sequence, number=number, license=codec.load(document, License), recorded_at=recorded_at)
        for sequence, number, document, recorded_at in stored.versions
    ]


def _record(stored: StoredLicense, versions: list[Version], base: str, today: date) -> LicenseRecord:
    codec = _codec(base)
    acts = [(codec.load(document, Act), is_filed) for document, is_filed in stored.acts]
    return license_record(stored, versions, acts, today)


def _named(node: Node) -> Node:
    """A licence's document in which those who grant it are named only: the dump says once what they are."""
    named = dict(node)
    for member in ("licenseType", "issuedBy"):
        named[member] = named[member]["id"]
    for member in ("legalBasis", "displayAnnouncement"):
        if member in named:
            named[member] = [each["id"] for each in named[member]]
    return named


def _common(grantor: Grantor) -> bytes:
    nodes = [
        authority_node(grantor.authority, grantor.base),
        type_node(grantor.license_type, grantor.base),
        *(provision_node(provision, grantor.base) for provision in grantor.license_type.legal_basis),
        *(announcement_node(each, grantor.authority.code, grantor.base) for each in grantor.announcements),
    ]
    found = (_triples(node, grantor.base).splitlines(keepends=True) for node in nodes)
    return b"".join(sorted({line for statements in found for line in statements}))


def _triples(node: Node, base: str) -> bytes:
    """The N-Triples of a document or node of ours."""
    document, loader = {**node, "@context": catalogue_contexts(base)}, _loader(base)
    found = plain_nquads(document, loader)
    return general_nquads(document, loader, is_ours=True) if found is None else found


def _packed(*parts: bytes) -> Packed:
    return Packed(*(zstd.compress(part, LEVEL) for part in parts))


@lru_cache(4)
def _codec(base: str) -> Codec:
    return Codec(base)


@lru_cache(4)
def _loader(base: str) -> DocumentLoader:
    return document_loader(frozenset({base}))
