"""Origins: registers of authorities' own from which their licences are harvested, and what became of the last attempt."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from registry.exchange.sources import MAX_MINUTES, MIN_MINUTES, Outcome
from registry.federation.keys import Controller, fetched_controller, fingerprint
from registry.intake.batch import MAX_LIST_NAME, is_list_name
from registry.register import Register
from registry.tables import AuthorityRow, HarvestedRow, OriginRow, SourceRow
from registry.told import Message, Told
from registry.translation import marked as _
from verify.fetch import Fetcher
from vocab.resource import did_web

_LOOPBACK = frozenset({"localhost", "127.0.0.1"})
MAX_BASE = 500

OUTCOMES: Mapping[str, str] = {
    "new": _("Not harvested yet."),
    "unchanged": _("Nothing has changed."),
    "published": _("Published: batch %(batches)s."),
    "waits": _("Batch %(batches)s waits for a person, since something in it is unusual (%(suspicions)s)."),
    "put-aside": _("Somebody put batch %(batches)s aside or took it back; harvest by name to send it again."),
    "some-refused": _(
        "%(refused)s licences could not be proven and are stale here. Which, and why: license-registry origin show %(name)s"
    ),
    "keys-changed": _(
        "The register now has keys that nobody agreed to (%(keys)s). What they sign is refused. Ask the agency by telephone for "
        "its fingerprint; if it is %(fingerprint)s: license-registry origin trust %(name)s --fingerprint %(fingerprint)s"
    ),
    "not-fetched": _("The register could not be asked: %(words)s"),
    "busy": _("The register could not answer (%(words)s). It is asked again."),
    "strange": _("The register answered what nobody expects: %(words)s"),
    "keys-unreadable": _("The document of the register's keys cannot be used: %(words)s"),
    "dump-refused": _("The register's dump was refused: %(words)s"),
    "dump-contradicts": _(
        "The register's dump and its change feed contradict each other: %(words)s. All its licences are stale here. Ask the "
        "agency, then list it anew: license-registry origin anew %(name)s"
    ),
    "feed-rewritten": _(
        "The register's change feed is not the one that was followed: %(words)s. All its licences are stale here. Ask the "
        "agency, then list it anew: license-registry origin anew %(name)s"
    ),
    "unusable": _("What the register has cannot be published: %(words)s"),
    "fault": _("A fault of ours (%(words)s) stopped it. It is tried again."),
}
"""What becomes of an attempt, by code. None of it says anything about a licence, but for the doubts (`DOUBTS`)."""

DOUBTS = frozenset({"feed-rewritten", "dump-contradicts"})
"""What speaks against all that a register says: its licences are stale until it is listed anew."""
NEEDS_PERSON = frozenset(OUTCOMES) - {"new", "unchanged", "published"}
FAILURES = NEEDS_PERSON - {"waits", "put-aside", "some-refused"}


class OriginRefused(Told, ValueError):
    """An origin cannot be made or trusted as it was asked for. Says what was read and what was expected."""


class KeysUnconfirmed(OriginRefused):
    """Nobody said yet that the keys of an origin are its own. Says their fingerprint and what to do."""


class NoSuchOrigin(LookupError):
    """There is no origin of this name, or more than one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What is told of an origin. `keys`: those that were agreed to (id -> publicKeyMultibase); `counts`: its licences by state;
    `aside`: how many of its licences are not taken, and one of them."""

    id: int
    authority: str
    name: str
    base: str
    did: str
    keys: Mapping[str, str]
    every: timedelta
    next_at: datetime
    checked_at: datetime | None
    cursor: int
    outcome: Outcome
    failures: int
    counts: Mapping[str, int]
    aside: Mapping[str, str]

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.keys)

    @property
    def needs_person(self) -> bool:
        return self.outcome.code in NEEDS_PERSON


def add_origin(
    register: Register,
    fetcher: Fetcher,
    *,
    authority: str,
    name: str,
    base: str,
    did: str = "",
    agreed: str = "",
    trusts_first: bool = False,
    every: timedelta = timedelta(hours=1),
) -> Origin:
    """Harvests the licences of `authority` from the register at `base` from now on, under the name of a list.

    `did`: who signs there (default: as our own software names it). `agreed`: the fingerprint of its keys, as the agency said it
    by another way; `trusts_first` takes those that are served now. Raises `OriginRefused`, `KeysUnconfirmed`,
    `registry.grantors.NoSuchAuthority`, `VerificationError`, `CouldNotCheck`.
    """
    base = base.rstrip("/")
    _require_usable(register, name, base, every)
    did = did or did_web(base, authority)
    with register.database.reading() as session:
        store = register.store(session)
        authority_id = store.authority_id(authority)
        if not store.mandates(authority=authority):
            raise OriginRefused(
                _("authority %(code)s may not grant anything here, so nothing could be published"), code=authority
            )
    controller, _address, _body = fetched_controller(fetcher, base, did)
    require_agreed(controller, agreed, trusts_first)
    with register.database.writing() as session:
        _require_free(session, authority_id, name)
        row = session.scalar(select(OriginRow).where(OriginRow.authority_id == authority_id, OriginRow.name == name))
        if row is not None and row.base != base:
            raise OriginRefused(
                _("the origin %(name)s was another register (%(base)s): take another name"), name=name, base=row.base
            )
        if row is None:
            row = OriginRow(authority_id=authority_id, name=name, base=base, listing=0, aside="{}")
            session.add(row)
        row.did, row.keys = did, json.dumps(dict(controller.texts), sort_keys=True)
        row.every_minutes = int(every.total_seconds()) // 60
        row.created_at = row.next_at = register.now()
        row.removed_at = row.lease_until = row.checked_at = row.doubt_since = None
        row.lease = row.outcome = row.doubt = ""
        row.failures, row.is_dirty = 0, True
        list_anew(row)
        session.flush()
        return origin_with_id(session, row.id)


def require_agreed(controller: Controller, agreed: str, trusts_first: bool) -> None:
    """Raises `KeysUnconfirmed` where nobody said that these keys are right, `OriginRefused` where they are others."""
    served = controller.fingerprint
    if not controller.texts:
        raise OriginRefused(_("the document of %(did)s lists no key that signs claims"), did=controller.did)
    wanted = agreed.lower().replace(":", "").replace(" ", "")
    if wanted and wanted != served:
        raise OriginRefused(
            _("the keys that are served have the fingerprint %(served)s, and %(agreed)s was expected: ask the agency"),
            served=served,
            agreed=wanted[:100],
        )
    if not wanted and not trusts_first:
        raise KeysUnconfirmed(
            "%(lines)s",
            lines=(
                Message(_("%(did)s is served with these keys:"), did=controller.did),
                *(Message("  %(key)s", key=key) for key in sorted(controller.texts)),
                Message(_("Their fingerprint is %(fingerprint)s"), fingerprint=served),
                Message(
                    _(
                        "Ask the agency for it by another way (by telephone, by letter). If it is the same, give the command "
                        "again with --fingerprint %(fingerprint)s"
                    ),
                    fingerprint=served,
                ),
            ),
        )


def trust_origin(
    register: Register, fetcher: Fetcher, name: str, *, agreed: str = "", trusts_first: bool = False
) -> Origin:
    """Takes the keys that an origin has now for its own, beside those that it had: what was signed with those was said by it.

    Raises as `add_origin`, `NoSuchOrigin`.
    """
    origin = origin_named(register, name)
    controller, _address, _body = fetched_controller(fetcher, origin.base, origin.did)
    require_agreed(controller, agreed, trusts_first)
    with register.database.writing() as session:
        row = session.get_one(OriginRow, origin.id)
        row.keys = json.dumps({**json.loads(row.keys), **controller.texts}, sort_keys=True)
        row.next_at = register.now()
        session.flush()
        return origin_with_id(session, origin.id)


def list_origin_anew(register: Register, name: str) -> Origin:
    """Forgets how far an origin was followed: the next attempt lists all of it again. Raises `NoSuchOrigin`."""
    origin = origin_named(register, name)
    with register.database.writing() as session:
        row = session.get_one(OriginRow, origin.id)
        list_anew(row)
        row.next_at = register.now()
        session.flush()
        return origin_with_id(session, origin.id)


def list_anew(row: OriginRow) -> None:
    """Puts an origin back to the beginning of its feed."""
    row.cursor, row.last, row.etag = -1, "", ""
    row.listing += 1


def remove_origin(register: Register, name: str) -> Origin:
    """Harvests it no more; what was published stays, with what it was harvested from. Raises `NoSuchOrigin`."""
    origin = origin_named(register, name)
    with register.database.writing() as session:
        row = session.get_one(OriginRow, origin.id)
        row.removed_at = register.now()
        row.lease, row.lease_until = "", None
    return origin


def origins(register: Register, authority: str = "") -> list[Origin]:
    """The origins of `authority` (default: of all). Raises `NoSuchAuthority`."""
    with register.database.reading() as session:
        whose = [OriginRow.authority_id == register.store(session).authority_id(authority)] if authority else []
        return _found(session, OriginRow.removed_at.is_(None), *whose)


def origin_named(register: Register, name: str) -> Origin:
    """The origin of this name. Raises `NoSuchOrigin`."""
    known = origins(register)
    found = [origin for origin in known if origin.name == name]
    if len(found) != 1:
        names = ", ".join(f"{origin.name} ({origin.authority})" for origin in known)
        raise NoSuchOrigin(f"{len(found) or 'no'} origins are named {name[:100]!r} (known: {names or 'none'})")
    return found[0]


def origin_with_id(session: Session, origin_id: int) -> Origin:
    """The origin with this id, in the transaction of `session`, a removed one too."""
    return _found(session, OriginRow.id == origin_id)[0]


def _found(session: Session, *which: ColumnElement[bool]) -> list[Origin]:
    rows = session.execute(
        select(OriginRow, AuthorityRow.code)
        .join(AuthorityRow, AuthorityRow.id == OriginRow.authority_id)
        .where(*which)
        .order_by(AuthorityRow.code, OriginRow.name)
    ).all()
    counts: dict[int, dict[str, int]] = {}
    by_state = select(HarvestedRow.origin_id, HarvestedRow.state, func.count()).group_by(
        HarvestedRow.origin_id, HarvestedRow.state
    )
    for origin_id, state, count in session.execute(by_state.order_by(HarvestedRow.state)):
        counts.setdefault(origin_id, {})[state] = count
    return [_described(row, authority, counts.get(row.id, {})) for row, authority in rows]


def _described(row: OriginRow, authority: str, counts: Mapping[str, int]) -> Origin:
    return Origin(
        id=row.id,
        authority=authority,
        name=row.name,
        base=row.base,
        did=row.did,
        keys=json.loads(row.keys),
        every=timedelta(minutes=row.every_minutes),
        next_at=row.next_at,
        checked_at=row.checked_at,
        cursor=row.cursor,
        outcome=Outcome.load(row.outcome),
        failures=row.failures,
        counts=counts,
        aside=json.loads(row.aside),
    )


def _require_usable(register: Register, name: str, base: str, every: timedelta) -> None:
    if not is_list_name(name):
        raise OriginRefused(
            _("an origin's name has at most %(most)s printable characters and is no number (got %(got)s)"),
            most=MAX_LIST_NAME,
            got=repr(name[:100]),
        )
    parts = _parts(base)
    host = parts[0]
    if not host or not parts[1] or len(base) > MAX_BASE or not base.isascii() or not base.isprintable():
        raise OriginRefused(
            _("the base of a register is https:// and its host, with nothing behind it (got %(got)s)"), got=base[:200]
        )
    if base == register.base:
        raise OriginRefused(_("this register does not harvest itself (%(base)s)"), base=base)
    if not MIN_MINUTES <= every.total_seconds() / 60 <= MAX_MINUTES:
        raise OriginRefused(
            _("the interval is from %(least)s to %(most)s minutes"), least=MIN_MINUTES, most=MAX_MINUTES
        )


def _parts(base: str) -> tuple[str, bool]:
    """The host of an address, and whether the address is one of a register."""
    try:
        parts = urlsplit(base)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "", False
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    return host, is_safe and parts.username is None and base == f"{parts.scheme}://{parts.netloc}"


def _require_free(session: Session, authority_id: int, name: str) -> None:
    """A list of the authority that is fetched otherwise must not be mistaken for an origin's."""
    rows: Iterable[str] = session.scalars(
        select(OriginRow.name).where(
            OriginRow.authority_id == authority_id, OriginRow.name == name, OriginRow.removed_at.is_(None)
        )
    ).all() or session.scalars(select(SourceRow.name).where(SourceRow.name == name, SourceRow.removed_at.is_(None)))
    if any(rows):
        raise OriginRefused(_("there is an origin or a source %(name)s already: remove it first"), name=name)
