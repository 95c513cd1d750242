"""Webhooks: addresses of an authority that are told what became of its batches (Standard Webhooks 1.0).

What is to be told is queued in the same transaction as what it tells (`announce`); `deliveries` sends it. The secret
that signs is shown once and sealed under the key-encryption key.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from registry.keyring import seal_secret
from registry.register import Register
from registry.tables import AuthorityRow, BatchRow, DeliveryRow, LicenseTypeRow, WebhookRow
from vocab.graph import date_time

SECRET_BYTES = 32
SECRET_PREFIX = "whsec_"
MAX_URL = 2_000


class Event(StrEnum):
    """What a webhook is told. A batch is `STAGED` for it only where it waits for a person."""

    STAGED = "batch.staged"
    PUBLISHED = "batch.published"
    UNDONE = "batch.undone"
    HARVEST_FAILED = "harvest.failed"
    REPORTED = "report.received"


class NoSuchWebhook(LookupError):
    """There is no webhook with this number."""


class WebhookRefused(ValueError):
    """A webhook cannot be made as it was asked for. Says what was read and what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """What is told of a webhook: all but its secret. `waiting`: messages that are not delivered yet; `given_up`: that never will
    be; `last_answer`: what became of the last attempt, in words."""

    id: int
    authority: str
    url: str
    created_at: datetime
    removed_at: datetime | None
    waiting: int
    given_up: int
    last_answer: str


def new_webhook(register: Register, authority: str, url: str) -> tuple[Webhook, str]:
    """Makes a webhook for an authority. Returns it and its secret (`whsec_...`), which is shown nowhere else.

    Raises `WebhookRefused`, `registry.grantors.NoSuchAuthority`, `registry.config.SettingInvalid`.
    """
    _require_address(url)
    secret = register.random_bytes(SECRET_BYTES)
    with register.database.writing() as session:
        authority_id = register.store(session).authority_id(authority)
        row = WebhookRow(authority_id=authority_id, url=url, sealed=b"", created_at=register.now(), removed_at=None)
        session.add(row)
        session.flush()
        row.sealed = seal_secret(register, session, secret, secret_name(row))
        return _described(session, row, authority), SECRET_PREFIX + base64.b64encode(secret).decode()


def webhooks(register: Register, authority: str = "") -> list[Webhook]:
    """The webhooks of `authority` (default: of all), the removed ones too, oldest first. Raises `NoSuchAuthority`."""
    query = select(WebhookRow, AuthorityRow.code).join(AuthorityRow, AuthorityRow.id == WebhookRow.authority_id)
    with register.database.reading() as session:
        if authority:
            query = query.where(WebhookRow.authority_id == register.store(session).authority_id(authority))
        return [_described(session, row, code) for row, code in session.execute(query.order_by(WebhookRow.id))]


def remove_webhook(register: Register, webhook_id: int) -> Webhook:
    """Tells this webhook nothing any more, not even what waits for it, and destroys its secret. Raises `NoSuchWebhook`."""
    with register.database.writing() as session:
        row = session.get(WebhookRow, webhook_id)
        if row is None:
            raise NoSuchWebhook(f"there is no webhook {webhook_id}; `license-registry webhook list` lists them")
        close_webhook(session, row, register.now(), "the webhook was removed")
        return _described(session, row, session.get_one(AuthorityRow, row.authority_id).code)


def close_webhook(session: Session, row: WebhookRow, now: datetime, why: str) -> None:
    """Removes a webhook in the transaction of `session`, and gives up what waits for it. Once is enough."""
    if row.removed_at is None:
        row.removed_at = now
        row.sealed = b""
    session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.webhook_id == row.id, DeliveryRow.next_at.is_not(None))
        .values(next_at=None, given_up_at=now, answer=why, lease="", lease_until=None)
    )


def announce(session: Session, register: Register, batch: BatchRow, event: Event) -> None:
    """Queues `event` of a batch for the webhooks of its authority, in the transaction of `session`.

    A batch that was staged is announced only where something in it is suspicious: any other is published next, or somebody is
    looking at it already.
    """
    suspicions = json.loads(batch.suspicions or "{}")
    if event is Event.STAGED and not suspicions:
        return
    announce_of(
        session,
        register,
        batch.authority_id,
        event,
        {
            "batch": batch.id,
            "authority": session.get_one(AuthorityRow, batch.authority_id).code,
            "type": session.get_one(LicenseTypeRow, batch.type_id).code,
            "source": batch.source or "",
            "file": batch.file_name,
            "counts": batch.counts,
            "suspicions": suspicions,
            "link": f"{register.base}/api/v1/batches/{batch.id}",
        },
    )


def announce_of(session: Session, register: Register, authority_id: int, event: Event, data: Mapping[str, Any]) -> None:
    """Queues `event` with its `data` for every webhook of an authority, in the transaction of `session`."""
    now = register.now()
    message = {"type": event.value, "timestamp": date_time(now), "data": data}
    for webhook_id in session.scalars(
        select(WebhookRow.id).where(WebhookRow.authority_id == authority_id, WebhookRow.removed_at.is_(None))
    ):
        # No full stop: it separates the parts of what is signed.
        message_id = f"msg_{register.random_bytes(16).hex()}"
        session.add(queued(webhook_id, message_id, json.dumps(message, ensure_ascii=False, separators=(",", ":")), now))


def queued(webhook_id: int, message_id: str, body: str, now: datetime) -> DeliveryRow:
    """A message for a webhook that is due at once and was not tried yet."""
    return DeliveryRow(
        webhook_id=webhook_id,
        message_id=message_id,
        body=body,
        created_at=now,
        attempts=0,
        next_at=now,
        lease="",
        lease_until=None,
        delivered_at=None,
        given_up_at=None,
        answer="",
    )


def secret_name(row: WebhookRow) -> str:
    """What the secret of a webhook is sealed under: it opens for this webhook of this authority only."""
    return f"webhook {row.id} of authority {row.authority_id}"


def _require_address(url: str) -> None:
    """Raises `WebhookRefused` for what can never be posted to. Whether its host is a public one is asked at each delivery."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"https", "http"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise WebhookRefused(f"this is no address (got {url[:200]!r}, expected https://...)") from None
    if not good or not url.isascii() or not url.isprintable() or " " in url or len(url) > MAX_URL:
        raise WebhookRefused(f"a webhook is an https address of at most {MAX_URL} characters (got {url[:200]!r})")
    if parts.username is not None or parts.fragment:
        raise WebhookRefused(
            "a webhook's address has no user name, password or fragment; the signature says who sent it"
        )
    if parts.scheme == "http" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise WebhookRefused(
            f"a webhook is an https address (got {url[:200]!r}): others could read and hold back what is sent"
        )


def _described(session: Session, row: WebhookRow, authority: str) -> Webhook:
    of_it = DeliveryRow.webhook_id == row.id
    waiting, given_up = session.execute(
        select(func.count(DeliveryRow.next_at), func.count(DeliveryRow.given_up_at)).where(of_it)
    ).one()
    last = session.scalar(
        select(DeliveryRow.answer).where(of_it, DeliveryRow.answer != "").order_by(DeliveryRow.id.desc()).limit(1)
    )
    return Webhook(
        id=row.id,
        authority=authority,
        url=row.url,
        created_at=row.created_at,
        removed_at=row.removed_at,
        waiting=waiting,
        given_up=given_up,
        last_answer=last or "",
    )
