"""The register's own keys, which sign inspector packs, one after the other: the newest signs. The one before handed over to it,
unless it was lost or compromised. Made, sealed or put into hardware as those of authorities are, and never deleted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from issuers.hardware import KeyReference
from issuers.keys import Algorithm
from issuers.signer import SigningUnavailable
from registry.keyring import make_private_half, opened_half
from registry.register import Register
from registry.tables import InstanceRow, PackKeyRow
from verify.cryptosuite import require_fits
from verify.errors import InvalidSignature
from verify.manifest import MAX_HANDOVERS, Handover, handover_to_be_signed
from verify.multikey import decode_public_key
from vocab.terms import CRYPTOSUITE_EDDSA


class Ending(StrEnum):
    """How a key gave its place to the next one. Only one that was handed over has vouched for that."""

    HANDED_OVER = "handed-over"
    LOST = "lost"
    COMPROMISED = "compromised"


@dataclass(frozen=True, slots=True)
class PackSigner:
    """The key that signs: the 32 bytes of its public half, how it signs, and the handovers that lead to it, oldest first."""

    public_key: bytes
    sign: Callable[[bytes], bytes]
    handovers: tuple[Handover, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackKey:
    """What is told of a key. `token`: the label of the hardware that has it, empty where it is sealed here; `ended` is None for
    the one that signs, and `ended_at` with it."""

    number: int
    public_key: bytes
    token: str
    created_at: datetime
    ended: Ending | None
    ended_at: datetime | None


def pack_key_name(base: str, public_multibase: str) -> str:
    """Under which name a key is sealed."""
    return f"{base}#{public_multibase}"


def pack_signer(register: Register) -> PackSigner:
    """The key that signs, made where there is none. Raises `SettingInvalid`, `SigningUnavailable`."""
    with register.database.reading() as session:
        rows = _rows(session)
        if rows:
            return _signer(register, rows)
    with register.database.writing() as session:
        _lock(session)
        rows = _rows(session)
        if not rows:
            rows = [_made(register, session, 1)]
            session.add_all(rows)
            session.flush()
        return _signer(register, rows)


def pack_keys(register: Register) -> list[PackKey]:
    """All keys that ever signed packs, oldest first."""
    with register.database.reading() as session:
        return _described(_rows(session))


def rotate_pack_key(register: Register, ending: Ending = Ending.HANDED_OVER, token: str = "") -> list[PackKey]:
    """Makes the next key, which signs from now on; `token` names the hardware to make it in. Returns all, the new one last.

    The one before hands over to it, so that whoever expects it accepts the next; unless it is lost or others may have it: then
    nobody follows by its word, nor by that of those before it. Where there is none yet, this makes the first. Raises
    `SettingInvalid`, `SigningUnavailable` (its subclasses say which key or token it was); then nothing has changed.
    """
    with register.database.writing() as session:
        _lock(session)
        rows = _rows(session)
        made = _made(register, session, rows[-1].id + 1 if rows else 1, token)
        # A key that cannot sign must not take the place of one that does.
        opened_half(register, made, register.base).sign(b"")
        if rows:
            made.former_ended = ending.value
            if ending is Ending.HANDED_OVER:
                made.handover = _handover(register, rows[-1], made)
        session.add(made)
        session.flush()
        return _described([*rows, made])


def _signer(register: Register, rows: Sequence[PackKeyRow]) -> PackSigner:
    newest = opened_half(register, rows[-1], register.base)
    return PackSigner(_public_bytes(rows[-1]), newest.sign, _leading_to_newest(rows))


def _handover(register: Register, former: PackKeyRow, made: PackKeyRow) -> bytes:
    """The signature of `former` for the key after it, tried before it is kept."""
    said = handover_to_be_signed(register.base, _public_bytes(former), _public_bytes(made), made.created_at)
    signature = opened_half(register, former, register.base).sign(said)
    try:
        require_fits(signature, said, decode_public_key(former.public_multibase), CRYPTOSUITE_EDDSA)
    except InvalidSignature as error:
        raise SigningUnavailable(f"key {former.id} of the inspector pack signs what does not fit: {error}") from error
    return signature


def _leading_to_newest(rows: Sequence[PackKeyRow]) -> tuple[Handover, ...]:
    """The handovers without a gap up to the newest key, at most as many as a pack has; oldest first."""
    found: list[Handover] = []
    for former, following in reversed(list(pairwise(rows))):
        if following.handover is None or len(found) == MAX_HANDOVERS:
            break
        found.append(Handover(_public_bytes(former), following.created_at, following.handover))
    return tuple(reversed(found))


def _described(rows: Sequence[PackKeyRow]) -> list[PackKey]:
    followed: list[tuple[PackKeyRow, PackKeyRow | None]] = [*pairwise(rows), *((row, None) for row in rows[-1:])]
    return [
        PackKey(
            number=row.id,
            public_key=_public_bytes(row),
            token=KeyReference.parse(row.hardware).token if row.hardware is not None else "",
            created_at=row.created_at,
            ended=Ending(following.former_ended) if following is not None and following.former_ended else None,
            ended_at=following.created_at if following is not None else None,
        )
        for row, following in followed
    ]


def _rows(session: Session) -> list[PackKeyRow]:
    return list(session.scalars(select(PackKeyRow).order_by(PackKeyRow.id)))


def _lock(session: Session) -> None:
    # One at a time: two processes may make the first pack at once, or rotate.
    session.scalar(select(InstanceRow.id).with_for_update())


def _made(register: Register, session: Session, number: int, token: str = "") -> PackKeyRow:
    row = PackKeyRow(id=number, created_at=register.now())
    make_private_half(register, session, row, register.base, Algorithm.ED25519, token, "inspector pack")
    return row


def _public_bytes(row: PackKeyRow) -> bytes:
    # All of them are made as Ed25519.
    return cast(Ed25519PublicKey, decode_public_key(row.public_multibase)).public_bytes_raw()
