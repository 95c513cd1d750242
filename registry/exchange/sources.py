"""Sources: addresses from which an authority's lists are fetched on a schedule, and what became of the last attempt."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from registry.exchange.share_links import LinkRefused, download_address
from registry.intake.batch import MAX_LIST_NAME, BatchState, Holds, is_list_name
from registry.mappings import saved_mapping
from registry.register import Register
from registry.tables import AuthorityRow, BatchRow, LicenseTypeRow, SourceRow
from registry.translation import marked as _

MIN_MINUTES, MAX_MINUTES = 15, 31 * 24 * 60
MAX_URL = 2_000
_HOST = re.compile(r"(\*\.(?=[^.]+\.))?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?", re.ASCII)
_LOOPBACK = frozenset({"localhost", "127.0.0.1"})


OUTCOMES: Mapping[str, str] = {
    "new": _("Not fetched yet."),
    "unchanged": _("Nothing has changed."),
    "published": _("Batch %(batch)s was published."),
    "waits": _("Batch %(batch)s waits for a person, since something in it is unusual (%(suspicions)s)."),
    "still-waits": _("Nothing has changed, and batch %(batch)s still waits for a person."),
    "settled": _("Somebody has decided on batch %(batch)s (%(state)s)."),
    "not-fetched": _("The file could not be fetched: %(words)s"),
    "not-there": _("There is nothing at this address (the answer was %(status)s). Was the file moved or renamed?"),
    "not-public": _(
        "The address asks for a login (the answer was %(status)s). Share the file so that everyone who has the link can read it."
    ),
    "elsewhere": _(
        "The address leads on to %(host)s. If the file is there, allow this host; if it asks for a login, share the file with "
        "everyone who has the link."
    ),
    "busy": _("The host could not answer (the answer was %(status)s). It is asked again."),
    "strange": _("The host answered %(status)s, and a file was expected (200)."),
    "page": _(
        "A web page came and no file (“%(title)s”). Mostly it asks for a login: share the file with everyone who has the link, "
        "or give the address of the file itself."
    ),
    "columns-missing": _(
        "The file was fetched, and it does not have these columns, which its mapping names: %(columns)s. If they are called "
        "otherwise now, make the mapping anew (license-registry map FILE --save)."
    ),
    "mapping-unfit": _(
        "The file was fetched, and no mapping fits it. Make one from the file (license-registry map FILE --save)."
    ),
    "unusable": _("The file was fetched and cannot be used: %(words)s"),
    "refused": _("The file was fetched and not published: %(words)s"),
    "fault": _("The file was fetched, and a fault of ours (%(words)s) stopped it. It is tried again."),
}
"""What becomes of an attempt, by code. None of it says anything about a licence."""

WAITING = frozenset({"waits", "still-waits"})
FAILURES = frozenset(OUTCOMES) - WAITING - {"new", "unchanged", "published", "settled"}


class NoSuchSource(LookupError):
    """There is no source of this name, or more than one."""


class SourceRefused(ValueError):
    """A source cannot be made as it was asked for. Says what was read and what was expected."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt: a key of `OUTCOMES`, and what fills its message in any language."""

    code: str
    details: Mapping[str, str]

    @property
    def is_failure(self) -> bool:
        return self.code in FAILURES

    def dump(self) -> str:
        return json.dumps({"code": self.code, "details": dict(self.details)}, ensure_ascii=False)

    @classmethod
    def load(cls, text: str) -> "Outcome":
        if not text:
            return cls("new", {})
        found = json.loads(text)
        return cls(found["code"], found["details"])

    def since(self, batch: int | None, state: str | None) -> "Outcome":
        """The same today, when `batch`, the last one of the source, is in `state`: somebody may have decided on it."""
        if self.code == "waits" and state != BatchState.STAGED:
            return Outcome("settled", {"batch": str(batch), "state": state or ""})
        if self.code == "unchanged" and state == BatchState.STAGED:
            return Outcome("still-waits", {"batch": str(batch)})
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is told of a source. `batch` is the last one that was made of it; `failures`: how many in a row."""

    id: int
    authority: str
    license_type: str
    name: str
    url: str
    hosts: tuple[str, ...]
    holds: Holds
    every: timedelta
    next_at: datetime
    checked_at: datetime | None
    outcome: Outcome
    batch: int | None
    failures: int

    @property
    def needs_person(self) -> bool:
        """Whether nothing will be published of it until somebody does something."""
        return self.outcome.is_failure or self.outcome.code in WAITING


def add_source(
    register: Register,
    *,
    authority: str,
    license_type: str,
    name: str,
    url: str,
    hosts: Iterable[str] = (),
    holds: Holds = Holds.ALL,
    every: timedelta = timedelta(days=1),
) -> Source:
    """Fetches `url` from now on, at this interval. `hosts`: where it may lead on to (`example.org`, `*.example.org`).

    Raises `SourceRefused`, `LinkRefused`, `registry.grantors.NoSuchAuthority`, `NoSuchLicenseType`.
    """
    wanted = tuple(sorted({host.lower() for host in hosts}))
    _require_usable(name, url, wanted, every)
    with register.database.writing() as session:
        store = register.store(session)
        authority_id, type_id = store.authority_id(authority), store.type_id(license_type)
        if not store.mandates(authority=authority, license_type=license_type):
            raise SourceRefused(
                f"authority {authority} may not grant {license_type}, so nothing of it could be published"
            )
        row = session.scalar(
            select(SourceRow).where(
                SourceRow.authority_id == authority_id, SourceRow.type_id == type_id, SourceRow.name == name
            )
        )
        if row is not None and row.removed_at is None:
            raise SourceRefused(
                f"there is a source {name!r} of {authority} for {license_type} already: remove it first"
            )
        if row is None:
            row = SourceRow(authority_id=authority_id, type_id=type_id, name=name)
            session.add(row)
        # What was known of a former address says nothing about this one.
        row.url, row.hosts, row.holds = url, " ".join(wanted), holds.value
        row.every_minutes = int(every.total_seconds()) // 60
        row.created_at = row.next_at = register.now()
        row.removed_at = row.checked_at = row.lease_until = row.batch_id = None
        row.lease = row.etag = row.last_modified = row.sha256 = row.outcome = ""
        row.failures = 0
        session.flush()
        return _described(row, authority, license_type, None)


def sources(register: Register, authority: str = "") -> list[Source]:
    """The sources of `authority` (default: of all). Raises `NoSuchAuthority`."""
    with register.database.reading() as session:
        whose = [SourceRow.authority_id == register.store(session).authority_id(authority)] if authority else []
        return _found(session, SourceRow.removed_at.is_(None), *whose)


def source_named(register: Register, name: str) -> Source:
    """The source whose number or name this is. Raises `NoSuchSource`."""
    known = sources(register)
    found = [source for source in known if str(source.id) == name] or [
        source for source in known if source.name == name
    ]
    if len(found) != 1:
        names = ", ".join(
            f"{source.id} ({source.name}, {source.authority} {source.license_type})" for source in found or known
        )
        raise NoSuchSource(
            f"{len(found) or 'no'} sources are named {name[:100]!r}; give the number of one (known: {names or 'none'})"
        )
    return found[0]


def remove_source(register: Register, name: str) -> Source:
    """Fetches it no more; what came of it stays. A worker that is at it now no longer writes anything down of it.

    Raises `NoSuchSource`.
    """
    source = source_named(register, name)
    with register.database.writing() as session:
        row = session.get_one(SourceRow, source.id)
        row.removed_at = register.now()
        row.lease, row.lease_until = "", None
    return source


def has_mapping(register: Register, source: Source) -> bool:
    """Whether a mapping is saved under the name of `source`; without one its columns must have the names of our own fields."""
    with register.database.reading() as session:
        store = register.store(session)
        authority_id, type_id = store.authority_id(source.authority), store.type_id(source.license_type)
        return saved_mapping(session, authority_id, type_id, source.name) is not None


def source_with_id(session: Session, source_id: int) -> Source:
    """The source with this id, in the transaction of `session`, a removed one too."""
    return _found(session, SourceRow.id == source_id)[0]


def _found(session: Session, *which: ColumnElement[bool]) -> list[Source]:
    rows = session.execute(
        select(SourceRow, AuthorityRow.code, LicenseTypeRow.code, BatchRow.state)
        .join(AuthorityRow, AuthorityRow.id == SourceRow.authority_id)
        .join(LicenseTypeRow, LicenseTypeRow.id == SourceRow.type_id)
        .outerjoin(BatchRow, BatchRow.id == SourceRow.batch_id)
        .where(*which)
        .order_by(AuthorityRow.code, LicenseTypeRow.code, SourceRow.name)
    )
    return [_described(row, authority, license_type, state) for row, authority, license_type, state in rows]


def _described(row: SourceRow, authority: str, license_type: str, batch_state: str | None) -> Source:
    return Source(
        id=row.id,
        authority=authority,
        license_type=license_type,
        name=row.name,
        url=row.url,
        hosts=tuple(row.hosts.split()),
        holds=Holds(row.holds),
        every=timedelta(minutes=row.every_minutes),
        next_at=row.next_at,
        checked_at=row.checked_at,
        outcome=Outcome.load(row.outcome).since(row.batch_id, batch_state),
        batch=row.batch_id,
        failures=row.failures,
    )


def _require_usable(name: str, url: str, hosts: tuple[str, ...], every: timedelta) -> None:
    """Raises `SourceRefused`, `LinkRefused`. Whether a host is a public one is asked each time it is connected to."""
    if not is_list_name(name):
        raise SourceRefused(
            f"a source's name has at most {MAX_LIST_NAME} printable characters and is no number (got {name[:100]!r})"
        )
    if len(url) > MAX_URL or not url.isprintable() or any(sign.isspace() for sign in url):
        raise SourceRefused(f"an address has at most {MAX_URL} characters and no spaces (got {url[:200]!r})")
    try:
        parts = urlsplit(download_address(url).url)
        host, _port = parts.hostname or "", parts.port
    except LinkRefused:
        raise
    except ValueError:
        raise SourceRefused(f"this is no address (got {url[:200]!r}, expected https://...)") from None
    if parts.username is not None:
        raise SourceRefused("an address has no user name and no password: what is published is public")
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)):
        raise SourceRefused(
            f"only https addresses are fetched (got {url[:200]!r}): without TLS anybody on the way could write the list"
        )
    for each in hosts:
        if not _HOST.fullmatch(each):
            raise SourceRefused(f"a host is a name, or *. and a name of at least two parts (got {each[:100]!r})")
    if not MIN_MINUTES <= every.total_seconds() / 60 <= MAX_MINUTES:
        raise SourceRefused(
            f"the interval is from {MIN_MINUTES} to {MAX_MINUTES} minutes (got {every.total_seconds() / 60:g})"
        )
