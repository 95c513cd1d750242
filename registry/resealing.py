"""Replacing the key-encryption key: every secret is sealed anew under the next one, and only then the old one goes.

The order survives a crash at any point. 1. The next key is written beside the old one. 2. One transaction seals every secret
anew; whoever reads meanwhile tries both keys. 3. The old key is kept under another name, and the next one takes its place.
What was interrupted is simply run again: it goes on with the next key that it finds.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from issuers.keys import KEY_ENCRYPTION_KEY_BYTES, NONCE_BYTES
from registry.config import SettingInvalid, Settings
from registry.register import Register, write_key_encryption_key
from registry.sandbox import sandbox_name
from registry.tables import AuthorityRow, InstanceRow, SandboxKeyRow, SigningKeyRow
from vocab.resource import did_web


@dataclass(frozen=True, slots=True, kw_only=True)
class Resealed:
    """How many secrets were sealed anew, and where the old key is kept; None where it was never in a file of ours."""

    secrets: int
    former: Path | None


def replace_key_encryption_key(settings: Settings, register: Register) -> Resealed:
    """Seals every secret with another key-encryption key, and puts that in the old one's place. Raises `SettingInvalid`.

    The next key is `REGISTRY_KEK_NEXT`, and nothing on disk is touched; else, where the old one is in a file, a new one is
    made beside it.
    """
    if settings.next_key_encryption_key:
        return Resealed(secrets=reseal(register), former=None)
    if settings.key_encryption_key:
        raise SettingInvalid(
            "the key-encryption key is in REGISTRY_KEK, so its successor is expected in REGISTRY_KEK_NEXT (32 random bytes in "
            "base64, e.g. from `openssl rand -base64 32`)"
        )
    if not settings.next_key_encryption_key_file.exists():
        settings.read_key_encryption_key()
        write_key_encryption_key(settings.next_key_encryption_key_file, register.random_bytes(KEY_ENCRYPTION_KEY_BYTES))
    count = reseal(register)
    return Resealed(secrets=count, former=_take_over(settings, register.now()))


def reseal(register: Register) -> int:
    """Seals every secret with the next key-encryption key, in one transaction. Returns how many. Raises `SettingInvalid`."""
    with register.database.writing() as session:
        # Alone: nobody seals with the old key from here to the commit (`keyring.seal_secret`).
        session.scalar(select(InstanceRow.id).with_for_update())
        keys = register.key_encryption_keys()
        if keys.next is None:
            raise SettingInvalid("there is no next key-encryption key (expected in REGISTRY_KEK_NEXT)")
        if keys.next == keys.current:
            raise SettingInvalid("the next key-encryption key is the present one: take 32 other random bytes")
        count = 0
        for name, sealed, put in _secrets(register, session):
            put(keys.seal(keys.unseal(sealed, name), name, register.random_bytes(NONCE_BYTES)))
            count += 1
        return count


def _secrets(register: Register, session: Session) -> Iterator[tuple[str, bytes, Callable[[bytes], None]]]:
    """Every secret of the register: the name it is sealed under, its sealed form, and what puts another in its place."""
    rows = session.execute(
        select(SigningKeyRow, AuthorityRow.code)
        .join(AuthorityRow, AuthorityRow.id == SigningKeyRow.authority_id)
        .order_by(SigningKeyRow.id)
        .with_for_update(of=SigningKeyRow)
    )
    for row, code in rows:
        # What is in hardware is sealed by the hardware.
        if row.sealed is not None:
            yield f"{did_web(register.base, code)}#{row.public_multibase}", row.sealed, _setter(row)
    for test_key in session.scalars(select(SandboxKeyRow).order_by(SandboxKeyRow.cryptosuite).with_for_update()):
        yield sandbox_name(test_key.public_multibase), test_key.sealed, _setter(test_key)


def _setter(row: SigningKeyRow | SandboxKeyRow) -> Callable[[bytes], None]:
    def put(sealed: bytes) -> None:
        row.sealed = sealed

    return put


def _take_over(settings: Settings, now: datetime) -> Path:
    """Lets the next key's file take the place of the old one's, which is kept for the backups that need it."""
    old, following = settings.key_encryption_key_file, settings.next_key_encryption_key_file
    former = old.with_name(f"{old.name}.until-{now:%Y%m%dT%H%M%SZ}")
    if not former.exists():
        os.link(old, former)
    following.replace(old)
    return former
