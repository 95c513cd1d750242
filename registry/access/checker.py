"""Visits to the public addresses that links lead to, one at a time for each host, as its robots.txt allows.

A host is leased (`registry.exchange.leases`) for one visit, and asked again after a delay: any number of checkers at a time ask
it no more often. One that is killed leaves nothing but a lease that runs out.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from registry.access.checks import FINE, UNTOLD, Check, Outcome, check_in
from registry.access.link import Declared
from registry.access.robots import MAX_BYTES as MAX_ROBOTS
from registry.access.robots import Robots, read_robots
from registry.access.visit import PROGRAM, Seen, Target, headers_of, media_type_of, not_had, visit
from registry.exchange.leases import Lease, give_back, held, take
from registry.register import Register
from registry.tables import AccessHostRow, AccessTargetRow, EntryRow, LicenseAccessRow
from verify.errors import FetchFailed
from verify.fetch import Fetcher, Reply
from vocab.access import LicenseAccess

DELAY = timedelta(seconds=5)
AGAIN, AGAIN_AFTER_FAILURE, AGAIN_AFTER_OURS = timedelta(days=7), timedelta(days=1), timedelta(hours=1)
LONGEST_WAIT = timedelta(days=1)
"""How long a host may ask us to stay away (Retry-After)."""
ROBOTS_HOLD = timedelta(days=1)
NETWORK_WORKED = timedelta(hours=1)
LEASE = timedelta(minutes=10)
VISIT_SECONDS = 60.0
PIECE = 500


@dataclass(frozen=True, slots=True)
class Checked:
    """A visit: the address, and what is known of it now."""

    url: str
    check: Check


def check_links(
    register: Register,
    fetcher: Fetcher,
    sleep: Callable[[float], object],
    *,
    most: int,
    delay: timedelta = DELAY,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Iterator[Checked]:
    """Visits the addresses that are due, `most` of them, and gives each as it is known then. `sleep` waits so many seconds."""
    enlist(register)
    visits = 0
    while visits < most and not is_stopped():
        lease = take(register, AccessHostRow, LEASE)
        if lease is None:
            wait = _until_next(register, delay)
            if wait is None:
                return
            sleep(wait)
            continue
        done = _visit_host(register, fetcher, lease, delay)
        if done is not None:
            visits += 1
            yield done


def enlist(register: Register) -> None:
    """Notes what must be visited of links that are new."""
    while True:
        with register.database.writing() as session:
            query = (
                select(LicenseAccessRow.license_id, LicenseAccessRow.number, LicenseAccessRow.document)
                .join(EntryRow, EntryRow.license_id == LicenseAccessRow.license_id)
                .where(LicenseAccessRow.is_visited, LicenseAccessRow.target_id.is_(None))
                .order_by(LicenseAccessRow.license_id, LicenseAccessRow.number)
                .limit(PIECE)
            )
            found = session.execute(query).all()
            for license_id, number, document in found:
                access = register.codec.load(document, Declared).access
                session.execute(
                    update(LicenseAccessRow)
                    .where(
                        LicenseAccessRow.license_id == license_id,
                        LicenseAccessRow.number == number,
                        LicenseAccessRow.document == document,
                    )
                    .values(target_id=_target(session, access, register.now()))
                )
        if len(found) < PIECE:
            return


def _target(session: Session, access: LicenseAccess, now: datetime) -> int:
    """The id of what is visited for a link: the same for all that say the same."""
    # What is said of the document is not said of the page that leads to it.
    expected = (access.media_type, access.digest)
    parts = urlsplit(access.address)
    host = f"{parts.scheme}://{parts.netloc}"
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    soon = now + DELAY
    values = {"host": host, "next_at": now, "lease": "", "robots": "", "robots_status": 0}
    session.execute(insert(AccessHostRow).values(**values).on_conflict_do_nothing())
    host_id = session.scalars(select(AccessHostRow.id).where(AccessHostRow.host == host)).one()
    key = hashlib.sha256("\n".join((access.address, *expected)).encode()).hexdigest()
    made = session.execute(
        insert(AccessTargetRow)
        .values(
            key=key,
            host_id=host_id,
            url=access.address,
            expected_type=expected[0],
            expected_digest=expected[1],
            next_at=now,
            outcome=Outcome.NEW.value,
            details="{}",
            failures=0,
            etag="",
            last_modified="",
            media_type="",
        )
        .on_conflict_do_nothing()
        .returning(AccessTargetRow.id)
    ).scalar_one_or_none()
    # A host that was to be asked only in some days has something new to be asked for; never at once after another visit.
    session.execute(
        update(AccessHostRow).where(AccessHostRow.id == host_id, AccessHostRow.next_at > soon).values(next_at=soon)
    )
    return (
        made
        if made is not None
        else session.scalars(select(AccessTargetRow.id).where(AccessTargetRow.key == key)).one()
    )


def _until_next(register: Register, delay: timedelta) -> float | None:
    """How many seconds until a host may be asked again that has waited for nothing but the delay; None where none is due soon."""
    now = register.now()
    free = AccessHostRow.lease_until.is_(None) | (AccessHostRow.lease_until <= now)
    with register.database.reading() as session:
        soonest = session.scalar(select(func.min(AccessHostRow.next_at)).where(free))
    longest = max(delay, timedelta(seconds=60)) + timedelta(seconds=1)
    if soonest is None or soonest > now + longest:
        return None
    return max(1.0, (soonest - now).total_seconds())


def _visit_host(register: Register, fetcher: Fetcher, lease: Lease[AccessHostRow], delay: timedelta) -> Checked | None:
    """One request to the host: what it asks of robots, or the address that has been due for longest. None where no address was
    visited, or where another checker has the host by now."""
    with register.database.reading() as session:
        host = session.get_one(AccessHostRow, lease.row_id)
        target = _due(session, host, register.now())
        name, has_robots = host.host, _knows_robots(host, register.now())
    if target is None:
        _give_back(register, lease, delay)
        return None
    if not has_robots:
        try:
            reply = fetcher.ask(f"{name}/robots.txt", headers=headers_of(register.base), max_bytes=MAX_ROBOTS)
        except FetchFailed as error:
            return _note(register, lease, target, not_had(error), delay)
        _keep_robots(register, lease, reply, delay)
        return None
    return _note(register, lease, target, visit(fetcher, register.base, target), delay)


def _knows_robots(host: AccessHostRow, now: datetime) -> bool:
    return host.robots_at is not None and host.robots_at > now - ROBOTS_HOLD


def _robots(host: AccessHostRow) -> Robots | None:
    """What the host asks; None where it did not say, and so nothing is visited (RFC 9309, 2.3.1)."""
    if host.robots_status == 200:
        return read_robots(host.robots, PROGRAM)
    return Robots() if 400 <= host.robots_status < 500 and host.robots_status != 429 else None


def _is_used() -> ColumnElement[bool]:
    """Whether a public licence has a link to a target."""
    return (
        exists()
        .where(LicenseAccessRow.target_id == AccessTargetRow.id)
        .where(EntryRow.license_id == LicenseAccessRow.license_id)
    )


def _due(session: Session, host: AccessHostRow, now: datetime) -> Target | None:
    row = session.scalar(
        select(AccessTargetRow)
        .where(AccessTargetRow.host_id == host.id, AccessTargetRow.next_at <= now, _is_used())
        .order_by(AccessTargetRow.next_at, AccessTargetRow.id)
        .limit(1)
    )
    if row is None:
        return None
    return Target(
        id=row.id,
        url=row.url,
        expected_type=row.expected_type,
        expected_digest=row.expected_digest,
        etag=row.etag,
        last_modified=row.last_modified,
        size=row.size,
        was_good=row.good_at is not None,
        robots=_robots(host),
    )


# What is written down


def _keep_robots(register: Register, lease: Lease[AccessHostRow], reply: Reply, delay: timedelta) -> None:
    now = register.now()
    with register.database.writing() as session:
        host = held(session, lease)
        if host is None:
            return
        # PostgreSQL takes no NUL in a text.
        host.robots = reply.body.decode("utf-8", "replace").replace("\0", "") if reply.status == 200 else ""
        host.robots_status, host.robots_at, host.answered_at = reply.status, now, now
        host.next_at = now + delay
        give_back(host)


def _give_back(register: Register, lease: Lease[AccessHostRow], delay: timedelta) -> None:
    """Nothing is due: the host is asked again when something is."""
    with register.database.writing() as session:
        host = held(session, lease)
        if host is not None:
            host.next_at = _next(session, host, register.now(), delay)
            give_back(host)


def _note(
    register: Register, lease: Lease[AccessHostRow], target: Target, seen: Seen, delay: timedelta
) -> Checked | None:
    """Writes down what a visit found, unless another checker has the host by now."""
    now = register.now()
    with register.database.writing() as session:
        host = held(session, lease)
        if host is None:
            return None
        if seen.reply is not None:
            host.answered_at = now
        if seen.outcome is Outcome.UNREACHABLE and not _network_works(session, now):
            seen = replace(seen, outcome=Outcome.OURS)
        row = session.get_one(AccessTargetRow, target.id)
        row.attempted_at, row.outcome = now, seen.outcome.value
        row.details = json.dumps(dict(seen.details), ensure_ascii=False).replace("\\u0000", "")
        if seen.outcome in FINE:
            _keep_good(row, seen, now)
        row.failures = 0 if seen.outcome in FINE or seen.outcome in UNTOLD else row.failures + 1
        row.next_at = now + _wait(seen.outcome, row.failures)
        session.flush()
        host.next_at = max(_next(session, host, now, delay), now + _asked_to_wait(seen))
        give_back(host)
        return Checked(row.url, check_in(row))


def _keep_good(row: AccessTargetRow, seen: Seen, now: datetime) -> None:
    """What was there at a good check, apart from all later attempts."""
    row.good_at = now
    reply = seen.reply
    if reply is not None and reply.status == 200:
        row.etag, row.last_modified = (
            _short(reply.headers.get("etag", "")),
            _short(reply.headers.get("last-modified", "")),
        )
        row.media_type, row.size = _short(media_type_of(reply)), seen.size


def _short(text: str) -> str:
    """A header's value, if it is one that we send back: printable, and of a usual length."""
    return text if len(text) <= 200 and text.isprintable() and text.isascii() else ""


def _network_works(session: Session, now: datetime) -> bool:
    """Whether any host has answered us lately: where none has, it may be we who are cut off."""
    since = now - NETWORK_WORKED
    return session.scalar(select(AccessHostRow.id).where(AccessHostRow.answered_at > since).limit(1)) is not None


def _wait(outcome: Outcome, failures: int) -> timedelta:
    if outcome in FINE or outcome is Outcome.ROBOTS:
        return AGAIN
    if outcome in UNTOLD:
        return AGAIN_AFTER_OURS
    return min(AGAIN, AGAIN_AFTER_FAILURE * (1 << min(failures - 1, 8)))


def _asked_to_wait(seen: Seen) -> timedelta:
    text = seen.reply.headers.get("retry-after", "") if seen.reply is not None else ""
    if seen.outcome is not Outcome.BUSY or not (text.isascii() and text.isdecimal() and len(text) < 8):
        return timedelta()
    return min(timedelta(seconds=int(text)), LONGEST_WAIT)


def _next(session: Session, host: AccessHostRow, now: datetime, delay: timedelta) -> datetime:
    """When the host is to be asked again: after the delay at least, which it may want to be longer."""
    soonest = session.scalar(
        select(func.min(AccessTargetRow.next_at)).where(AccessTargetRow.host_id == host.id, _is_used())
    )
    robots = _robots(host)
    own = timedelta(seconds=robots.delay) if robots is not None else timedelta()
    return max(soonest or now + AGAIN, now + max(delay, own))
