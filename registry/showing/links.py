"""Links by which a licensee shows a licence on a phone: made by its authority, opened once, known here by their digests alone."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from registry.record import LicenseRecord
from registry.register import Register
from registry.tables import ShowLinkEventRow, ShowLinkRow

SECRET_BYTES = 20
TO_OPEN = timedelta(days=7)
TO_SHOW = timedelta(days=366)
OPENED, REVOKED = "opened", "revoked"


class LinkState(StrEnum):
    """`WAITING` to be opened, `OPENED` by a device that may show the licence, or good for nothing any more."""

    WAITING = "waiting"
    OPENED = "opened"
    EXPIRED = "expired"
    REVOKED = "revoked"


class NoSuchShowLink(LookupError):
    """There is no such link, or it is another device's."""


class ShowLinkOver(LookupError):
    """The link cannot be opened any more: `state` says why."""

    def __init__(self, state: LinkState) -> None:
        super().__init__(f"this link is {state}")
        self.state = state


class ShowLinkRefused(ValueError):
    """A link cannot be made as it was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowLink:
    """What the register remembers of a link: everything but the link."""

    id: int
    license_id: int
    made_at: datetime
    expires_at: datetime
    lasts_until: datetime
    opened_at: datetime | None
    revoked_at: datetime | None

    def state(self, at: datetime) -> LinkState:
        """What it is good for at the instant `at`."""
        if self.revoked_at is not None:
            return LinkState.REVOKED
        if at >= (self.lasts_until if self.opened_at else min(self.expires_at, self.lasts_until)):
            return LinkState.EXPIRED
        return LinkState.OPENED if self.opened_at else LinkState.WAITING


def new_show_link(
    register: Register,
    record: LicenseRecord,
    *,
    to_open: timedelta | None = None,
    to_show: timedelta = TO_SHOW,
    token_id: int | None = None,
) -> tuple[ShowLink, str]:
    """Makes a link for the holder of a licence. Returns what is remembered, and its secret, which is nowhere else.

    `to_open` is `TO_OPEN`, or as short as `to_show`, where nothing is said. `token_id` is the token of the system that asks for
    it. Raises `ShowLinkRefused`, also where it could be opened when it shows nothing any more.
    """
    to_open = min(TO_OPEN, to_show) if to_open is None else to_open
    if not timedelta() < to_open <= timedelta(days=90) or not timedelta() < to_show <= timedelta(days=3660):
        raise ShowLinkRefused("a link is opened within 1 to 90 days, and shows for 1 to 3660 days")
    if to_show < to_open:
        raise ShowLinkRefused(
            f"a link shows at least as long as it may wait to be opened "
            f"(got {to_show.days} days to show and {to_open.days} to open)"
        )
    secret = register.random_bytes(SECRET_BYTES).hex()
    now = register.now()
    with register.database.writing() as session:
        row = ShowLinkRow(
            license_id=record.id,
            digest=_digest(secret),
            made_at=now,
            made_by=token_id,
            expires_at=now + to_open,
            lasts_until=now + to_show,
        )
        session.add(row)
        session.flush()
        return _read(row, None, None), secret


def show_links(register: Register, license_id: int) -> Sequence[ShowLink]:
    """All links of a licence, oldest first."""
    return _all(register, _LINKS.where(ShowLinkRow.license_id == license_id).order_by(ShowLinkRow.id))


def waiting_link(register: Register, secret: str) -> ShowLink:
    """The link with this secret. Raises `NoSuchShowLink`, `ShowLinkOver` where nobody can open it any more."""
    found = _one(register, _LINKS.where(ShowLinkRow.digest == _digest(secret)))
    return _required(found, LinkState.WAITING, register.now(), "there is no such link")


def open_link(register: Register, secret: str) -> tuple[ShowLink, str]:
    """Opens a link, once. Returns it, and the secret that the device keeps. Raises as `waiting_link`."""
    link, device = waiting_link(register, secret), register.random_bytes(SECRET_BYTES).hex()
    event = ShowLinkEventRow(link_id=link.id, kind=OPENED, at=register.now(), device=_digest(device))
    try:
        with register.database.writing() as session:
            session.add(event)
            session.flush()
    except IntegrityError:
        # Two opened it at once: the key of the table lets one of them in.
        raise ShowLinkOver(LinkState.OPENED) from None
    return link, device


def shown_by(register: Register, device: str) -> ShowLink:
    """The link that the device with this secret opened, while it shows its licence. Raises `NoSuchShowLink`, `ShowLinkOver`."""
    found = _one(register, _LINKS.where(_OPENED.device == _digest(device)))
    return _required(found, LinkState.OPENED, register.now(), "no link was opened by this device")


def _required(found: ShowLink | None, wanted: LinkState, at: datetime, missing: str) -> ShowLink:
    """The link, if it is in the wanted state at `at`. Raises `NoSuchShowLink` saying `missing`, `ShowLinkOver`."""
    if found is None:
        raise NoSuchShowLink(missing)
    state = found.state(at)
    if state is not wanted:
        raise ShowLinkOver(state)
    return found


def revoke_show_links(register: Register, license_id: int) -> int:
    """Makes all links of a licence worthless, opened or not. Returns how many were not before."""
    with register.database.writing() as session:
        ids = session.scalars(
            select(ShowLinkRow.id)
            .outerjoin(_REVOKED, (_REVOKED.link_id == ShowLinkRow.id) & (_REVOKED.kind == REVOKED))
            .where(ShowLinkRow.license_id == license_id, _REVOKED.link_id.is_(None))
        ).all()
        session.add_all(ShowLinkEventRow(link_id=each, kind=REVOKED, at=register.now(), device=None) for each in ids)
        return len(ids)


_OPENED, _REVOKED = aliased(ShowLinkEventRow), aliased(ShowLinkEventRow)
_LINKS = (
    select(ShowLinkRow, _OPENED.at, _REVOKED.at)
    .outerjoin(_OPENED, (_OPENED.link_id == ShowLinkRow.id) & (_OPENED.kind == OPENED))
    .outerjoin(_REVOKED, (_REVOKED.link_id == ShowLinkRow.id) & (_REVOKED.kind == REVOKED))
)


def _one(register: Register, query: Select[ShowLinkRow, datetime, datetime]) -> ShowLink | None:
    return next(iter(_all(register, query)), None)


def _all(register: Register, query: Select[ShowLinkRow, datetime, datetime]) -> Sequence[ShowLink]:
    with register.database.reading() as session:
        return [_read(*found) for found in session.execute(query).all()]


def _read(row: ShowLinkRow, opened_at: datetime | None, revoked_at: datetime | None) -> ShowLink:
    return ShowLink(
        id=row.id,
        license_id=row.license_id,
        made_at=row.made_at,
        expires_at=row.expires_at,
        lasts_until=row.lasts_until,
        opened_at=opened_at,
        revoked_at=revoked_at,
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
