"""Sending what is queued for webhooks: signed, tried again for three days, then given up (Standard Webhooks 1.0).

At least once: a worker that is killed between the delivery and its note leaves a message that is sent again, with the same
`webhook-id`. The order is not kept.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from issuers.signer import SigningUnavailable
from registry.config import SettingInvalid
from registry.exchange.leases import Lease, give_back, held, take
from registry.exchange.webhooks import close_webhook, secret_name
from registry.keyring import unseal_secret
from registry.register import Register
from registry.tables import DeliveryRow, WebhookRow
from verify.errors import FetchFailed
from verify.fetch import Fetcher

ATTEMPT_SECONDS = 15.0
LEASE = timedelta(minutes=2)
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
"""After the first attempt, the second, and so on, as the specification proposes."""
LIFE = timedelta(hours=76)
"""What could not be delivered for so long is given up: all `WAITS` together, and a little."""
GONE = 410


@dataclass(frozen=True, slots=True)
class Reception:
    """What became of one attempt. `status` is None where nobody answered; `words` say it to a person."""

    status: int | None
    words: str

    @property
    def is_received(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def deliver_due(register: Register, fetcher: Fetcher, is_stopped: Callable[[], bool] = lambda: False) -> int:
    """Sends what is due, one message after the other, until nothing is or `is_stopped`. Returns how many were received."""
    guarded, received = replace(fetcher, seconds=ATTEMPT_SECONDS), 0
    while not is_stopped() and (lease := take(register, DeliveryRow, LEASE)):
        reception = _send(register, guarded, lease)
        received += _note(register, lease, reception)
    return received


def signed_headers(secret: bytes, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of one attempt, made at the instant `at` (Standard Webhooks 1.0, "Signature scheme")."""
    timestamp = str(int(at.timestamp()))
    signed = hmac.new(secret, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "license-registry",
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }


def _send(register: Register, fetcher: Fetcher, lease: Lease[DeliveryRow]) -> Reception:
    """One attempt. No transaction is open meanwhile."""
    with register.database.reading() as session:
        row = session.get_one(DeliveryRow, lease.row_id)
        webhook = session.get_one(WebhookRow, row.webhook_id)
        body, message_id, url = row.body.encode(), row.message_id, webhook.url
        sealed, name = webhook.sealed, secret_name(webhook)
    try:
        secret = unseal_secret(register, sealed, name)
        reply = fetcher.post(url, body, headers=signed_headers(secret, message_id, register.now(), body))
    except FetchFailed as error:
        return Reception(None, str(error))
    except (SigningUnavailable, SettingInvalid) as error:
        return Reception(None, f"not sent, since it cannot be signed: {error}")
    return Reception(reply.status, f"answered {reply.status}")


def _note(register: Register, lease: Lease[DeliveryRow], reception: Reception) -> bool:
    """Writes down what became of an attempt. Returns whether it was received, and this worker is the one to say so."""
    now = register.now()
    with register.database.writing() as session:
        row = held(session, lease)
        if row is None:
            return False
        row.attempts += 1
        row.answer = reception.words
        give_back(row)
        if reception.is_received:
            row.delivered_at, row.next_at = now, None
            return True
        if reception.status == GONE:
            webhook = session.get_one(WebhookRow, row.webhook_id)
            close_webhook(session, webhook, now, f"the webhook was removed, since its address answered {GONE} (gone)")
            return False
        _put_off(session, row, now, everything=reception.status is None)
        return False


def _put_off(session: Session, row: DeliveryRow, now: datetime, *, everything: bool) -> None:
    """Lets a message wait for its next attempt, or gives it up; with `everything`, what else waits for this webhook waits too:
    a host that does not answer would keep this worker waiting for each."""
    at = now + WAITS[min(row.attempts, len(WAITS)) - 1]
    if at > row.created_at + LIFE:
        row.next_at, row.given_up_at = None, now
        return
    row.next_at = at
    if everything:
        session.execute(
            update(DeliveryRow)
            .where(
                DeliveryRow.webhook_id == row.webhook_id,
                DeliveryRow.next_at < at,
                or_(DeliveryRow.lease_until.is_(None), DeliveryRow.lease_until <= now),
            )
            .values(next_at=at)
        )
