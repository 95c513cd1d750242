"""A licence as it is stored, on its way from the database to a process that makes the lines of a dump of it."""

from collections.abc import Set
from datetime import datetime
from typing import NamedTuple

from registry.access.link import StoredLink


class StoredVersion(NamedTuple):
    """A face, as JSON."""

    sequence: int
    number: int
    document: str
    recorded_at: datetime


class StoredAct(NamedTuple):
    """An act, as JSON, and whether it came in the agency's own file."""

    document: str
    is_filed: bool


class StoredLicense(NamedTuple):
    """A public licence. `digest`: the SHA-256 of its credential; `taken_back`: the versions that came with lists taken back."""

    id: int
    check_id: str
    record_status: str
    created_at: datetime
    confirmed_at: datetime
    original: str
    linked_at: datetime | None
    digest: bytes
    versions: list[StoredVersion]
    acts: list[StoredAct]
    taken_back: Set[int]
    links: list[StoredLink]
