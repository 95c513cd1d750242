"""Requests that may come twice: the same request under the same key gets the answer of the first time.

The header field is that of draft-ietf-httpapi-idempotency-key-header-07. An answer is kept in the transaction of what it answers
where there is one transaction, and for `KEPT` days. What was refused is not kept: it wrote nothing and may be asked again.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry.tables import AnsweredRequestRow

KEPT = timedelta(days=30)
_KEY = re.compile(r'"([\x20-\x21\x23-\x5b\x5d-\x7e]{1,200})"|([A-Za-z0-9._:+/=-]{1,200})', re.ASCII)


class KeyRefused(ValueError):
    """The idempotency key cannot be read."""


class KeyReused(ValueError):
    """The key was used for another request before."""


class KeyInUse(RuntimeError):
    """A request with this key is being carried out at the moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedRequest:
    """A request with an idempotency key. `digest` stands for its method, address and body."""

    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: the HTTP status and the JSON."""

    status: int
    body: bytes


def keyed_request(header: str | None, method: str, path: str, body: bytes) -> KeyedRequest | None:
    """The request with the key in `header`, a string in quotation marks or a plain token; None without one.

    Raises `KeyRefused`.
    """
    if header is None:
        return None
    match = _KEY.fullmatch(header.strip())
    if match is None:
        raise KeyRefused(
            'an Idempotency-Key is at most 200 characters of ASCII in quotation marks, such as "8e03978e-40d5-43dd"'
        )
    digest = hashlib.sha256(f"{method} {path}\n".encode() + body).hexdigest()
    return KeyedRequest(key=match[1] or match[2], digest=digest)


def earlier_answer(session: Session, authority_id: int, request: KeyedRequest | None) -> Answer | None:
    """What the same request was answered before; None for a new one. Raises `KeyReused`."""
    if request is None:
        return None
    row = session.scalar(
        select(AnsweredRequestRow).where(
            AnsweredRequestRow.authority_id == authority_id, AnsweredRequestRow.key == request.key
        )
    )
    if row is None:
        return None
    if row.digest != request.digest:
        raise KeyReused("this Idempotency-Key was used for another request: take a new key for each request")
    return Answer(row.status, row.body)


def keep_answer(
    session: Session, authority_id: int, request: KeyedRequest | None, answer: Answer, now: datetime
) -> None:
    """Keeps an answer, and forgets those that are too old. Raises `KeyInUse` where another one was kept just now."""
    if request is None:
        return
    session.execute(
        delete(AnsweredRequestRow).where(
            AnsweredRequestRow.authority_id == authority_id, AnsweredRequestRow.answered_at < now - KEPT
        )
    )
    session.add(
        AnsweredRequestRow(
            authority_id=authority_id,
            key=request.key,
            digest=request.digest,
            status=answer.status,
            body=answer.body,
            answered_at=now,
        )
    )
    try:
        session.flush()
    except IntegrityError as error:
        raise KeyInUse("a request with this Idempotency-Key is being carried out: ask again in a moment") from error
