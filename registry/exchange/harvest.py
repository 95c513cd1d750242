"""Harvesting: fetching what is due, keeping and comparing it, and publishing it where nothing in it is suspicious.

Several workers may do this at once (`leases`). One that is killed leaves nothing half done: what was fetched is fetched
again, what was staged is staged again in its place, and what was published is known by its bytes.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.message import Message
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from issuers.signer import SigningUnavailable
from registry.config import SettingInvalid
from registry.exchange.leases import Lease, Work, extend, give_back, held, take
from registry.exchange.share_links import download_address
from registry.exchange.sources import OUTCOMES, Outcome, Source, source_with_id
from registry.exchange.webhooks import Event, announce_of
from registry.intake.batch import FILE, MAX_FILE_NAME, BatchOutdated, BatchRefused, BatchState, Progress, Submission
from registry.intake.mapping import MappingInvalid
from registry.intake.preparing import MandateMissing
from registry.intake.publish import ATTEMPTS, publish_batch
from registry.intake.staging import empty_and_discard, nothing, stage
from registry.intake.table import MAX_FILE_BYTES, FileUnreadable
from registry.intake.workers import several_workers
from registry.register import Register
from registry.tables import BatchRow, SourceRow
from registry.translation import LANGUAGES, translate
from verify.errors import FetchFailed
from verify.fetch import REDIRECTS, Fetcher, RedirectRefused, Reply
from vocab.graph import date_time

FETCH_SECONDS = 300.0
LEASE = timedelta(hours=1)
"""How long a worker is believed to be at it; a step that takes longer is done twice, which harms nothing."""
FIRST_RETRY = timedelta(minutes=5)
LONGEST_RETRY = timedelta(days=1)
LOGIN_HOSTS = frozenset(
    {"accounts.google.com", "login.microsoftonline.com", "login.live.com", "login.windows.net", "account.live.com"}
)
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)


class LeaseLost(Exception):
    """Another worker is at this source now, or it was removed: what this one found is not written down."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """What is written down of an attempt that did not fail."""

    outcome: Outcome
    seen: Mapping[str, str] = field(default_factory=dict)
    batch: int | None = None


class HarvestFailed(Exception):
    """The attempt failed: `outcome` says why, in words for people."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.outcome = Outcome(code, {name: str(value) for name, value in details.items()})


def harvest_due(
    register: Register,
    fetcher: Fetcher,
    *,
    source_id: int | None = None,
    is_stopped: Callable[[], bool] = lambda: False,
    progress: Progress = nothing,
) -> Iterator[Source]:
    """Harvests each source that is due, one after the other, and gives it as it is then.

    With `source_id` this one alone, due or not, and also where its file is the same as before: somebody has a reason, such as
    another mapping.

    What nobody expected is written down as a failure of the source and then raised.
    """
    which = [SourceRow.removed_at.is_(None)] + ([SourceRow.id == source_id] if source_id is not None else [])
    while not is_stopped() and (lease := take(register, SourceRow, LEASE, *which, due_only=source_id is None)):
        is_asked_for = source_id is not None
        done = _harvest(register, replace(fetcher, seconds=FETCH_SECONDS), lease, is_asked_for, progress)
        if done is not None:
            yield done
        if is_asked_for:
            return


def _harvest(
    register: Register, fetcher: Fetcher, lease: Lease[SourceRow], is_asked_for: bool, progress: Progress
) -> Source | None:
    """One attempt; None where another worker took the source over meanwhile."""
    try:
        pulled = _pull(register, fetcher, lease, is_asked_for, progress)
    except LeaseLost:
        return None
    except HarvestFailed as failed:
        return _note(register, lease, Pulled(failed.outcome))
    except Exception as error:
        _note(register, lease, Pulled(Outcome("fault", {"words": type(error).__name__})))
        raise
    return _note(register, lease, pulled)


def _pull(
    register: Register, fetcher: Fetcher, lease: Lease[SourceRow], is_asked_for: bool, progress: Progress
) -> Pulled:
    """Fetches a source and publishes what is new. Raises `HarvestFailed`, `LeaseLost`."""
    with register.database.reading() as session:
        source = source_with_id(session, lease.row_id)
        row = session.get_one(SourceRow, lease.row_id)
        conditions = {} if is_asked_for else _conditions(row)
        former = row.sha256
    reply = _fetched(fetcher, source, conditions)
    if reply.status == 304:
        return Pulled(Outcome("unchanged", {}))
    sha256 = hashlib.sha256(reply.body).hexdigest()
    seen = {
        "etag": reply.headers.get("etag", ""),
        "last_modified": reply.headers.get("last-modified", ""),
        "sha256": sha256,
    }
    if not is_asked_for:
        if sha256 == former:
            return Pulled(Outcome("unchanged", {}), seen)
        with register.database.reading() as session:
            known = _settled_before(session, lease.row_id, sha256)
        if known is not None:
            return Pulled(Outcome("unchanged", {}), seen, known)
    submission = Submission(
        authority=source.authority,
        license_type=source.license_type,
        file_name=file_name(reply, source.name),
        body=reply.body,
        holds=source.holds,
        source=source.name,
    )
    return publish_list(register, lease, submission, seen, progress)


def publish_list(
    register: Register, lease: Lease[Work], submission: Submission, seen: Mapping[str, str], progress: Progress
) -> Pulled:
    """Stages what was fetched, and publishes it where nothing in it is suspicious. Raises `HarvestFailed`, `LeaseLost`."""
    try:
        with several_workers() as workers:
            # Again where somebody else published for this authority in between.
            for attempt in range(1, ATTEMPTS + 1):
                hold(register, lease)
                report = stage(register, submission, progress, workers)
                if report.suspicions:
                    return _waiting(report.batch, report.suspicions, seen)
                hold(register, lease)
                try:
                    publish_batch(register, report.batch, progress=progress, workers=workers)
                except BatchOutdated:
                    if attempt == ATTEMPTS:
                        raise
                else:
                    return Pulled(Outcome("published", {"batch": str(report.batch)}), seen, report.batch)
    except MappingInvalid as error:
        # Its own words name the file's headings: those of a list that has lost its own are a row of it.
        if error.missing:
            raise HarvestFailed("columns-missing", columns=", ".join(error.missing)) from error
        raise HarvestFailed("mapping-unfit") from error
    except (FileUnreadable, MandateMissing) as error:
        raise HarvestFailed("unusable", words=error) from error
    except (BatchRefused, SigningUnavailable, SettingInvalid) as error:
        raise HarvestFailed("refused", words=error) from error
    raise AssertionError("the last attempt either publishes or raises")


def _waiting(batch: int, suspicions: Mapping[str, Mapping[str, str]], seen: Mapping[str, str]) -> Pulled:
    return Pulled(Outcome("waits", {"batch": str(batch), "suspicions": ", ".join(sorted(suspicions))}), seen, batch)


def hold(register: Register, lease: Lease[Work]) -> None:
    """Goes on holding what is worked on. Raises `LeaseLost`."""
    if not extend(register, lease, LEASE):
        raise LeaseLost


def _conditions(row: SourceRow) -> dict[str, str]:
    """What makes the host answer 304 for the file that we have (RFC 9110, 13.1)."""
    conditions = {"If-None-Match": row.etag, "If-Modified-Since": row.last_modified}
    return {name: value for name, value in conditions.items() if value and row.sha256}


def _settled_before(session: Session, source_id: int, sha256: str) -> int | None:
    """The batch that has these bytes, if it is the newest of the source that was published, perhaps taken back by a person since:
    a worker was killed before it could write down that it had it."""
    row = session.get_one(SourceRow, source_id)
    newest = session.scalar(
        select(BatchRow)
        .where(
            BatchRow.authority_id == row.authority_id,
            BatchRow.type_id == row.type_id,
            BatchRow.source == row.name,
            BatchRow.channel == FILE,
            BatchRow.state.in_((BatchState.PUBLISHED, BatchState.UNDONE)),
        )
        .order_by(BatchRow.id.desc())
        .limit(1)
    )
    return newest.id if newest is not None and newest.file_sha256 == sha256 else None


def _fetched(fetcher: Fetcher, source: Source, conditions: Mapping[str, str]) -> Reply:
    """The file, or a 304. Raises `HarvestFailed`."""
    download = download_address(source.url)
    try:
        reply = fetcher.ask(
            download.url, headers=conditions, hosts={*source.hosts, *download.hosts}, max_bytes=MAX_FILE_BYTES
        )
    except RedirectRefused as error:
        if error.host in LOGIN_HOSTS:
            raise HarvestFailed("not-public", status=error.host) from error
        raise HarvestFailed("elsewhere", host=error.host) from error
    except FetchFailed as error:
        raise HarvestFailed("not-fetched", words=error) from error
    match reply.status:
        case 304 if conditions:
            return reply
        case 200 if is_page(reply.body, reply.headers.get("content-type", "")):
            raise HarvestFailed("page", title=_title(reply.body))
        case 200:
            return reply
        case 401 | 403:
            raise HarvestFailed("not-public", status=reply.status)
        case 404 | 410:
            raise HarvestFailed("not-there", status=reply.status)
        case status if status == 429 or status >= 500:
            raise HarvestFailed("busy", status=status)
        case status if status in REDIRECTS:
            raise HarvestFailed("strange", status=f"{status}, without saying where to")
        case status:
            raise HarvestFailed("strange", status=status)


def is_page(body: bytes, content_type: str) -> bool:
    """Whether this is a web page: by what it is, since many a server calls a list text/html."""
    head = body[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return head.startswith((b"<!doctype html", b"<html")) or (
        head.startswith(b"<") and content_type.lower().startswith(("text/html", "application/xhtml"))
    )


def _title(body: bytes) -> str:
    match = _TITLE.search(body[:65_536])
    text = " ".join(match[1].decode("utf-8", "replace").split()) if match else ""
    return _printable(text)[:80]


def _printable(text: str) -> str:
    """Without what moves a cursor or turns text around."""
    return "".join(sign for sign in text if sign.isprintable())


def file_name(reply: Reply, otherwise: str) -> str:
    """What the file is called: by its host (RFC 6266), else by its address, else `otherwise`."""
    header = Message()
    header["Content-Disposition"] = re.sub(r"[\r\n]", " ", reply.headers.get("content-disposition", ""))
    named = str(header.get_filename() or "")
    for each in (named, unquote(urlsplit(reply.url).path)):
        last = _printable(re.split(r"[/\\]", each)[-1]).strip()
        if last:
            return last[-MAX_FILE_NAME:]
    return otherwise


def _note(register: Register, lease: Lease[SourceRow], pulled: Pulled) -> Source | None:
    """Writes down what became of an attempt, and gives the source back; None where it is another's by now."""
    now = register.now()
    with register.database.writing() as session:
        row = held(session, lease)
        if row is None:
            return None
        row.outcome = pulled.outcome.dump()
        row.checked_at = now
        give_back(row)
        if pulled.outcome.is_failure:
            row.failures += 1
            row.next_at = now + retry_after(row.failures)
        else:
            row.failures = 0
            row.next_at = now + timedelta(minutes=row.every_minutes)
            _put_down(register, session, row, pulled)
        session.flush()
        source = source_with_id(session, row.id)
        if row.failures == 1:
            announce_of(session, register, row.authority_id, Event.HARVEST_FAILED, _failure(source))
        return source


def _put_down(register: Register, session: Session, row: SourceRow, pulled: Pulled) -> None:
    """Remembers the file by what its host and its bytes say. A former issue that still waits for a person is out of date."""
    for name, value in pulled.seen.items():
        setattr(row, name, value)
    if pulled.batch is None:
        return
    if row.batch_id not in {None, pulled.batch}:
        # Somebody may be publishing it at this moment.
        register.store(session).lock_authority(row.authority_id)
        former = session.get_one(BatchRow, row.batch_id, populate_existing=True)
        if former.state == BatchState.STAGED:
            empty_and_discard(session, former)
    row.batch_id = pulled.batch


def retry_after(failures: int) -> timedelta:
    """Twice as long after each failure in a row."""
    return min(FIRST_RETRY * (1 << min(failures - 1, 16)), LONGEST_RETRY)


def _failure(source: Source) -> dict[str, Any]:
    """What webhooks are told when a source begins to fail."""
    return {
        "source": source.name,
        "authority": source.authority,
        "type": source.license_type,
        "failure": source.outcome.code,
        "message": {
            lang: translate(lang, OUTCOMES[source.outcome.code], **source.outcome.details) for lang in LANGUAGES
        },
        "next": date_time(source.next_at),
    }
