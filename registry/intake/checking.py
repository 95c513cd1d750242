"""Checking many rows, here or in a worker process: from cells to all that staging needs of a row."""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from registry.codec import Codec
from registry.intake.diff import IMPOSSIBLE, foreseen, impossible
from registry.intake.finding import Finding
from registry.intake.room import room_findings
from registry.intake.rows.links import dump_links
from registry.intake.rows.row import CheckedRow, read_row
from registry.intake.rows.source import Source
from registry.intake.rows.status import Claim
from registry.intake.table import SourceRow
from vocab.iri import lookup_key
from vocab.license import License

Cells = tuple[int, tuple[str, ...], str, int | None]
"""A row on its way between processes: line, cells, sheet, line of the sheet."""


class Checked(NamedTuple):
    """A row after reading, in texts: ready to be compared and stored. `document` and `claim` are empty where there is none.

    `key` and `place` are what it is compared by: the number's lookup key, and name and area of its premises. `renews` says that
    the document names another licence, which must still be found. `links` is empty where the file says nothing of any.
    """

    tail: str | None
    key: str | None
    place: str | None
    document: str
    claim: str
    renews: bool
    findings: tuple[Finding, ...]
    links: str = ""


def check_rows(source: Source, rows: Sequence[Cells]) -> list[Checked]:
    """Each of `rows`, checked."""
    codec = codec_of(source.base)
    return [_checked(codec, source, read_row(SourceRow(*row), source)) for row in rows]


@lru_cache(4)
def codec_of(base: str) -> Codec:
    """The codec of the instance at `base`: one for a process."""
    return Codec(base)


def _checked(codec: Codec, source: Source, row: CheckedRow) -> Checked:
    license, claim, findings = row.license, row.claim, row.findings
    if license is None:
        return Checked(row.tail, None, None, "", "", False, findings)
    impossible = _impossible(license, claim, source) if claim is not None else None
    if impossible is not None:
        return Checked(row.tail, None, None, "", "", False, (*findings, impossible))
    return Checked(
        license.iri.tail,
        lookup_key(license.number),
        _place(license),
        codec.dump(license),
        codec.dump(claim) if claim is not None else "",
        license.renews is not None,
        (*findings, *room_findings(license, source)),
        dump_links(codec, row.links),
    )


def _impossible(license: License, claim: Claim, source: Source) -> Finding | None:
    """What keeps the licence from having been granted and then standing as its row says, in this order."""
    try:
        foreseen(license, claim, None, source.today)
    except IMPOSSIBLE as error:
        column = source.mapping.status.column if source.mapping.status else ""
        return impossible(license, claim, error, column)
    return None


def _place(license: License) -> str | None:
    """What two licences for one place have in common; None where the place has no name."""
    for place in license.premises:
        if place.name is not None:
            text = f"{place.name}\x1f{place.address.district}\x1f{place.address.province}"
            return blake2b(text.encode(), digest_size=12).hexdigest()
    return None
