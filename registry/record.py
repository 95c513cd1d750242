"""A licence as the register holds it: its faces, its history, and the record about it."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from registry.original import Original, original_in
from vocab.history import Act, History
from vocab.license import License, Term


class RecordStatus(StrEnum):
    """What is to be said of the record, which is no statement about the licence: `STALE` is missing from its authority's last
    full list, or does not agree with its authority's own register; `WITHDRAWN` was published by a batch that was undone."""

    PUBLISHED = "published"
    STALE = "stale"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One state of a licence's face, and when the register took it down."""

    sequence: int
    number: int
    license: License
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseRecord:
    """A licence as the register holds it: the face that holds today, its history, and the record about it.

    `newest` is another face than `license` only while an act that is already recorded has not taken effect. `terms` are
    those of all its faces; `decision` is the act that gave its present dates, where an officer recorded it and no file did;
    `filed` are the numbers of the acts that came from the agency's own files and requests; `versions` are all recorded faces.
    `has_links`: whether it ever had a link to its document.
    """

    id: int
    check_id: str
    license: License
    newest: License
    terms: frozenset[Term]
    decision: Act | None
    history: History
    filed: frozenset[int]
    version: int
    version_sequence: int
    newest_version: int
    record_status: str
    created_at: datetime
    modified_at: datetime
    confirmed_at: datetime
    versions: tuple[Version, ...] = ()
    original: Original | None = None
    has_links: bool = False

    @property
    def is_shown(self) -> bool:
        """Whether the record is public: not withdrawn as void or as a duplicate."""
        return self.record_status in {"published", "stale"}


def current_version(versions: Sequence[Version], history: History, at: date) -> Version:
    """The version that holds on day `at`: the newest with the dates that the acts give for that day (rule R8).

    Before the first act takes effect it is the version that will hold then. `versions` are one or more, oldest first.
    """
    acts = [act for act in history.in_effect() if act.term is not None]
    begun = [act for act in acts if act.effective_on is None or act.effective_on <= at]
    holding = begun or [act for act in acts if act.effective_on == acts[0].effective_on]
    term = holding[-1].term if holding else None
    return next((version for version in reversed(versions) if version.license.term == term), versions[-1])


def shown_versions(
    versions: Sequence[Version], record: LicenseRecord, taken_back: Set[int], today: date
) -> list[Version]:
    """Those of `versions` that the public may see; `taken_back` are the numbers of what came with lists taken back."""
    coming = {
        act.term
        for act in record.history.in_effect()
        if act.term is not None and act.effective_on is not None and act.effective_on > today
    }
    # The face that is public again is shown, whichever list it first came with.
    hidden = taken_back - {record.version}
    return [
        version
        for version in versions
        if version.number not in hidden and (version.number <= record.version or version.license.term not in coming)
    ]


class Stored(Protocol):
    """What the register keeps of a licence beside its faces and acts: its row in the table, or a copy of it."""

    @property
    def id(self) -> int: ...
    @property
    def check_id(self) -> str: ...
    @property
    def record_status(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def confirmed_at(self) -> datetime: ...
    @property
    def original(self) -> str: ...
    @property
    def linked_at(self) -> datetime | None: ...


def license_record(
    row: Stored, versions: Sequence[Version], acts: Sequence[tuple[Act, bool]], today: date
) -> LicenseRecord:
    """The licence in `row` with its faces, oldest first, and its acts, each with whether it came from the agency's own file."""
    history = History(tuple(act for act, _ in acts))
    filed = frozenset(act.number for act, is_filed in acts if is_filed)
    current = current_version(versions, history, today)
    last_act = max((act.recorded_at for act in history.acts), default=current.recorded_at)
    dating = next((act for act in reversed(history.in_effect()) if act.term is not None), None)
    original = original_in(row.original)
    noted = [*([original.noted_at] if original else []), *([row.linked_at] if row.linked_at else [])]
    return LicenseRecord(
        id=row.id,
        check_id=row.check_id,
        license=current.license,
        newest=versions[-1].license,
        terms=frozenset(each.license.term for each in versions),
        decision=None if dating is None or dating.number in filed else dating,
        history=history,
        filed=filed,
        version=current.number,
        version_sequence=current.sequence,
        newest_version=versions[-1].number,
        record_status=row.record_status,
        created_at=row.created_at,
        modified_at=max(versions[-1].recorded_at, last_act, *noted),
        confirmed_at=row.confirmed_at,
        versions=tuple(versions),
        original=original,
        has_links=row.linked_at is not None,
    )
