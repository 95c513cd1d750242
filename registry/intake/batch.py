"""A batch: one file sent for one authority and type, from its arrival to the public and back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from registry.intake.body import Body, sha256_of
from registry.intake.finding import Finding
from registry.intake.table import FileForm, place_in_file
from registry.told import Told
from registry.translation import marked as _

FILE = "file"
"""The channel of batches that came as files; `registry.intake.single.API` is the other."""

MAX_LIST_NAME = 100
MAX_FILE_NAME = 200

Progress = Callable[[int, int], None]
"""Called with (rows done, rows in all; 0 where that is not known yet)."""


class BatchState(StrEnum):
    """Where a batch is. Only what is `PUBLISHED` is public; `UNDONE` was, and what it did was taken back."""

    RECEIVED = "received"
    STAGING = "staging"
    STAGED = "staged"
    PUBLISHED = "published"
    UNDONE = "undone"
    DISCARDED = "discarded"


class Holds(StrEnum):
    """Whether a file has all licences of its list, so that one that is missing is worth a question, or only a part of them."""

    ALL = "all"
    PART = "part"


class NoSuchBatch(Told, LookupError):
    """There is no batch with this number."""

    def __init__(self, batch: int | str) -> None:
        super().__init__(_("there is no batch %(batch)s; `license-registry batches` lists them"), batch=batch)


class BatchRefused(Told, ValueError):
    """The batch is not in a state in which this can be done, or something stands against it. Says what, and what to do."""

    code: ClassVar[str] = "batch-refused"


class BatchSuspicious(BatchRefused):
    """Something in batch `batch` must be accepted by name before it is published. `suspicions`: what, with its details."""

    code: ClassVar[str] = "batch-suspicious"

    def __init__(self, message: str, batch: int, suspicions: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__(message)
        self.batch = batch
        self.suspicions = suspicions
        self.extra = {"accept": sorted(suspicions)}


class BatchOutdated(BatchRefused):
    """What is public changed since the batch was compared with it: it must be staged again."""

    code: ClassVar[str] = "batch-outdated"


def is_list_name(name: str) -> bool:
    """Whether an agency's list can be called so: at most 100 printable characters, no space around them, and no number."""
    return 0 < len(name) <= MAX_LIST_NAME and name.isprintable() and name == name.strip() and not name.isdecimal()


def plain_file_name(name: str) -> str:
    """`name` without what moves a cursor or turns text around, and of a long one the end; "file" where nothing is left."""
    return "".join(sign for sign in name if sign.isprintable()).strip()[-MAX_FILE_NAME:] or "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A file as it arrived. `mapping` is TOML text, or None to use the one that is saved for `source`, the agency's name of the
    list that this is an issue of, or empty (`is_list_name`); `holds` is None where only the mapping may say it."""

    authority: str
    license_type: str
    file_name: str
    body: Body
    mapping: str | None = None
    mapping_name: str = "mapping"
    holds: Holds | None = None
    source: str = ""

    def __post_init__(self) -> None:
        if self.source and not is_list_name(self.source):
            raise ValueError(f"an agency's list cannot be called so (got {self.source[:MAX_LIST_NAME]!r})")

    @property
    def sha256(self) -> str:
        """Of the bytes, which are read for it."""
        return sha256_of(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is in a batch and what became of it.

    `counts`: rows by outcome (`registry.intake.diff.OUTCOMES`); `missing`: licences that are public and not in the file, where it
    holds all; `findings` are about the file as a whole; `suspicions`: code -> details; `seen_before`: these very bytes were
    published before; `license_count`: the licences of the authority and type that were public when it was staged.
    """

    batch: int
    authority: str
    license_type: str
    file_name: str
    source: str
    state: BatchState
    sha256: str
    holds: Holds
    form: FileForm
    counts: Mapping[str, int]
    missing: int
    license_count: int
    findings: tuple[Finding, ...]
    suspicions: Mapping[str, Mapping[str, str]]
    seen_before: bool
    received_at: datetime
    published_at: datetime | None
    undone_at: datetime | None

    @property
    def rows(self) -> int:
        return sum(self.counts.values())

    @property
    def changes_nothing(self) -> bool:
        return not (self.counts["new"] or self.counts["changed"] or self.missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One file received, and how many of its rows became what. `suspicions` are the codes of what must be accepted."""

    id: int
    authority: str
    license_type: str
    file_name: str
    source: str
    state: BatchState
    received_at: datetime
    counts: Mapping[str, int]
    suspicions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """One row of a staged batch, as people look at it: where it stands, its cells as received, what is to be done with it, and
    what was found in it. `number` is empty where none could be read."""

    line: int
    sheet: str
    sheet_line: int | None
    number: str
    outcome: str
    cells: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def place(self) -> str:
        """Where it stands, as people find it."""
        return place_in_file(self.line, self.sheet, self.sheet_line)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of the face before and after; a field that it does not have is empty. `field` is one of
    `registry.intake.mapping.Field`, a particular's code, or "standing" for what a status column says."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A licence that changes, field by field."""

    line: int
    number: str
    fields: tuple[FieldChange, ...]
