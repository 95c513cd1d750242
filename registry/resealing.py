"""Replacing the key-encryption key: every secret is sealed anew under the next one, and only then the old one goes.

The order survives a crash at any point. 1. The next key is written beside the old one. 2. One transaction seals every secret
anew; whoever reads meanwhile tries both keys. 3. The old key is kept under another name, and the next one takes its place.
What was interrupted is simply run again: it goes on with the next key that it finds. Where the keys are in files, one run at a
time does all of this: it holds a lock on a file beside them.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from issuers.keys import KEY_ENCRYPTION_KEY_BYTES, NONCE_BYTES, KeyEncryptionKeys
from registry.config import SettingInvalid, Settings
from registry.exchange.webhooks import secret_name
from registry.keyring import KeyRefused
from registry.pack.key import pack_key_name
from registry.register import Register, write_key_encryption_key
from registry.sandbox import sandbox_name
from registry.tables import AuthorityRow, InstanceRow, PackKeyRow, SandboxKeyRow, SigningKeyRow, WebhookRow
from vocab.resource import did_web


@dataclass(frozen=True, slots=True, kw_only=True)
class Resealed:
    """How many secrets were sealed anew, and where the old key is kept; None where it was never in a file of ours."""

    secrets: int
    former: Path | None


def replace_key_encryption_key(settings: Settings, register: Register) -> Resealed:
    """Seals every secret with another key-encryption key, and puts that in the old one's place.

    The next key is `REGISTRY_KEK_NEXT`, and nothing on disk is touched; else, where the old one is in a file, a new one is
    made beside it. Raises `SettingInvalid`, `KeyUnsealFailed` where a secret does not open, and `KeyRefused` where another run
    does this already.
    """
    if settings.next_key_encryption_key:
        return Resealed(secrets=reseal(register), former=None)
    if settings.key_encryption_key:
        raise SettingInvalid(
            "the key-encryption key is in REGISTRY_KEK, so its successor is expected in REGISTRY_KEK_NEXT (32 random bytes in "
            "base64, e.g. from `openssl rand -base64 32`)"
        )
    settings.read_key_encryption_key()
    with _alone(settings.key_encryption_key_file):
        return _replace_file(settings, register)


def _replace_file(settings: Settings, register: Register) -> Resealed:
    """The same where the key-encryption key is in a file, and nobody else replaces it meanwhile."""
    following = settings.next_key_encryption_key_file
    _clear_away(following)
    if not following.exists():
        # A wrong key is found before anything is written.
        _require_opens_all(register, KeyEncryptionKeys(settings.read_key_encryption_key()))
        write_key_encryption_key(following, register.random_bytes(KEY_ENCRYPTION_KEY_BYTES))
    sealed_with = settings.read_key_encryption_keys().next
    secrets = reseal(register)
    if sealed_with is None or settings.read_key_encryption_keys().next != sealed_with:
        raise KeyRefused(
            f"{following} is no longer the key that this run sealed with: nothing was put in the old one's place; put back "
            "the file that was there, since the private keys open with it"
        )
    _require_opens_all(register, KeyEncryptionKeys(sealed_with))
    return Resealed(secrets=secrets, former=_take_over(settings, register.now()))


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Holds the lock on the file beside `file`; it ends with the process. Raises `KeyRefused` where another run holds it."""
    lock = os.open(file.with_name(f"{file.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise KeyRefused(
                f"another reseal is running; wait for it (it holds {file.name}.lock beside {file})"
            ) from error
        yield
    finally:
        os.close(lock)


def _clear_away(following: Path) -> None:
    """Removes what a run left that was killed while it wrote `following`: a key that nothing was ever sealed with."""
    for left in following.parent.glob("*"):
        stem, _, process = left.name.rpartition(".")
        if stem == following.name and process.isdecimal():
            left.unlink()


def _require_opens_all(register: Register, keys: KeyEncryptionKeys) -> None:
    """Raises `KeyUnsealFailed` unless `keys` open every secret."""
    with register.database.writing() as session:
        for name, sealed, _put in _secrets(register, session):
            keys.unseal(sealed, name)


def reseal(register: Register) -> int:
    """Seals every secret with the next key-encryption key, in one transaction. Returns how many. Raises `SettingInvalid`."""
    with register.database.writing() as session:
        # Alone: nobody seals with the old key from here to the commit (`keyring.seal_secret`).
        session.scalar(select(InstanceRow.id).with_for_update())
        keys = register.key_encryption_keys()
        if keys.next is None:
            raise SettingInvalid(
                "there is no next key-encryption key (expected in REGISTRY_KEK_NEXT, or, where the present one is in a file, in "
                "the file beside it that ends in .next, which somebody else took away meanwhile)"
            )
        if keys.next == keys.current:
            raise SettingInvalid("the next key-encryption key is the present one: take 32 other random bytes")
        secrets = list(_secrets(register, session))
        for name, sealed, put in secrets:
            put(keys.seal(keys.unseal(sealed, name), name, register.random_bytes(NONCE_BYTES)))
        return len(secrets)


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
    for pack_key in session.scalars(
        select(PackKeyRow).where(PackKeyRow.sealed.is_not(None)).order_by(PackKeyRow.id).with_for_update()
    ):
        yield pack_key_name(register.base, pack_key.public_multibase), pack_key.sealed or b"", _setter(pack_key)
    # Of a webhook that was removed, nothing is left to seal.
    for webhook in session.scalars(
        select(WebhookRow).where(WebhookRow.removed_at.is_(None)).order_by(WebhookRow.id).with_for_update()
    ):
        yield secret_name(webhook), webhook.sealed, _setter(webhook)


def _setter(row: SigningKeyRow | SandboxKeyRow | PackKeyRow | WebhookRow) -> Callable[[bytes], None]:
    def put(sealed: bytes) -> None:
        row.sealed = sealed

    return put


def _take_over(settings: Settings, now: datetime) -> Path:
    """Lets the next key's file take the place of the old one's, which is kept for the backups that need it."""
    old, following = settings.key_encryption_key_file, settings.next_key_encryption_key_file
    former = _kept(old, f"{old.name}.until-{now:%Y%m%dT%H%M%SZ}")
    following.replace(old)
    return former


def _kept(old: Path, name: str) -> Path:
    """Keeps `old` under `name` too, with a number behind it where another key is kept under that. Returns where it is."""
    former, number = old.with_name(name), 1
    # The same file: kept already, by a run that was interrupted before the next step.
    while former.exists() and not former.samefile(old):
        number += 1
        former = old.with_name(f"{name}-{number}")
    if not former.exists():
        os.link(old, former)
    return former
