"""Listing what an origin tells: its dumps the first time, its change feed from there on, never two different stories."""

from collections.abc import Mapping
from typing import NoReturn

from sqlalchemy.orm import Session

from registry.entries import ChangeKind
from registry.federation.answers import Change, Changes
from registry.federation.asking import Strange
from registry.federation.attempt import Attempt, Failed
from registry.federation.dumped import FORM, Dump, fetched_dump
from registry.federation.harvested import Listing
from registry.tables import OriginRow
from verify.trust import TrustData

MANY = 5_000
"""So many licences of a dump are noted in one transaction."""


def catch_up(attempt: Attempt, trust: TrustData) -> None:
    """Notes what the origin tells since the last time; what is noted stays so, whatever happens next.

    Raises `Failed`, `Strange`, `Busy`, `FetchFailed`, `DumpRefused`, `LeaseLost`.
    """
    cursor = attempt.origin.cursor
    fresh = _from_the_beginning(attempt, trust) if cursor < 0 else _from(attempt, cursor)
    if fresh is None or _read_on(attempt, fresh):
        with attempt.writing() as (session, row):
            _listing(attempt, session, row).end()
            row.doubt, row.doubt_since = "", None


def _from_the_beginning(attempt: Attempt, trust: TrustData) -> Changes:
    """Notes what is in the dumps, and the first answer of the feed behind them."""
    dumps = _dumps(attempt, trust)
    # Of what was not dumped the feed knows everything, from its beginning.
    is_whole = len(dumps) == len(attempt.types)
    cursor = min((dump.manifest.cursor for dump in dumps.values()), default=0) if is_whole else 0
    for dump in dumps.values():
        _note_dump(attempt, dump)
    found, _ = attempt.asking.changes(cursor - 1)
    assert found is not None
    if cursor and (not found.changes or found.changes[0].sequence != cursor):
        got = f"begins with {found.changes[0].sequence}" if found.changes else "ends before it"
        _contradicts(
            attempt,
            "dump-contradicts",
            f"the dump names change {cursor} of the feed, which does not have it (it {got})",
        )
    fresh = _after(found, cursor)
    _note(attempt, fresh, "", cursor, found.changes[0] if cursor else None)
    return fresh


def _from(attempt: Attempt, cursor: int) -> Changes | None:
    """Notes the first answer of the feed since the change that was seen last; None where nothing has changed."""
    with attempt.register.database.reading() as session:
        row = session.get_one(OriginRow, attempt.lease.row_id)
        etag, last = row.etag, row.last
    # That change is asked for again: a feed that is the same has it at its place.
    found, etag = attempt.asking.changes(cursor - 1, etag)
    if found is None:
        return None
    if cursor:
        first = found.changes[0] if found.changes else None
        if first is None or first.sequence != cursor:
            got = f"begins with {first.sequence}" if first else "ends before it"
            _contradicts(attempt, "feed-rewritten", f"change {cursor} is not in it any more (it {got})")
        if last and first.mark != last:
            _contradicts(
                attempt, "feed-rewritten", f"change {cursor} is another one than it was ({first.license[:200]})"
            )
    fresh = _after(found, cursor)
    # The next attempt asks the same again only where there was nothing new.
    _note(attempt, fresh, "" if fresh.changes else etag)
    return fresh


def _after(found: Changes, cursor: int) -> Changes:
    return Changes(tuple(each for each in found.changes if each.sequence > cursor), found.is_last)


def _contradicts(attempt: Attempt, code: str, words: str) -> NoReturn:
    with attempt.writing() as (_session, row):
        if row.doubt != code:
            row.doubt, row.doubt_since = code, attempt.register.now()
    raise Failed(code, words=words, name=attempt.origin.name)


def _dumps(attempt: Attempt, trust: TrustData) -> Mapping[str, Dump]:
    found = {}
    for code in attempt.types:
        dump = fetched_dump(attempt.asking.fetcher, attempt.origin.authority, code, trust, attempt.register.now())
        if dump is not None:
            attempt.asking.answers += [(dump.url, dump.signed), (dump.manifest.files[FORM].url, dump.packed)]
            found[code] = dump
    return found


def _note_dump(attempt: Attempt, dump: Dump) -> None:
    told = [(iri, ChangeKind.CREATE, digest) for iri, digest in dump.licenses()]
    for begin in range(0, len(told), MANY):
        attempt.hold()
        with attempt.writing() as (session, row):
            _listing(attempt, session, row).take(told[begin : begin + MANY])


def _read_on(attempt: Attempt, found: Changes) -> bool:
    """Notes the answers behind this one. Returns whether all were read."""
    while not found.is_last:
        if attempt.is_stopped():
            return False
        attempt.hold()
        with attempt.register.database.reading() as session:
            cursor = session.get_one(OriginRow, attempt.lease.row_id).cursor
        following, _ = attempt.asking.changes(cursor)
        assert following is not None
        if not following.changes and not following.is_last:
            raise Strange(f"the feed says that there is more after {cursor}, and has nothing there")
        found = following
        _note(attempt, found, "")
    return True


def _note(attempt: Attempt, found: Changes, etag: str, cursor: int | None = None, last: Change | None = None) -> None:
    """Notes an answer of the feed, and that it is listed up to there."""
    last = found.changes[-1] if found.changes else last
    with attempt.writing() as (session, row):
        _listing(attempt, session, row).take((each.license, each.kind, each.digest) for each in found.changes)
        if cursor is not None:
            row.cursor = cursor
        if last is not None:
            row.cursor, row.last = last.sequence, last.mark
        row.etag = etag


def _listing(attempt: Attempt, session: Session, row: OriginRow) -> Listing:
    return Listing(session, row, attempt.origin.authority, attempt.type_ids, attempt.register.now())
