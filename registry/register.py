"""An open register: its database, its base, and the clock, randomness and keys that services need (rule R4)."""

import base64
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from issuers.hardware import Hardware
from issuers.keys import KEY_ENCRYPTION_KEY_BYTES, KeyEncryptionKeys
from registry.codec import Codec
from registry.config import Settings
from registry.database import Database
from registry.known import Knowledge
from registry.store import Store
from registry.tables import InstanceRow
from vocab.contexts import DocumentLoader, document_loader
from vocab.history import legal_date

ENTRIES_FORM = 2
"""The form in which `registry.entries` makes entries and notes areas; `init` makes those of an older form anew."""


class NotInitialised(RuntimeError):
    """There is no register here yet, or its schema is an older one."""


class BaseFrozen(RuntimeError):
    """The base was frozen by `init`; the settings name another."""


@dataclass(slots=True)
class Register:
    """The register of one instance. `clock` gives aware instants; `random_bytes(n)` gives n unpredictable bytes."""

    database: Database
    base: str
    clock: Callable[[], datetime]
    random_bytes: Callable[[int], bytes]
    key_encryption_keys: Callable[[], KeyEncryptionKeys]
    hardware: Hardware = field(default_factory=Hardware)
    codec: Codec = field(init=False)
    loader: DocumentLoader = field(init=False)
    knowledge: Knowledge = field(default_factory=Knowledge)

    def __post_init__(self) -> None:
        self.codec = Codec(self.base)
        self.loader = document_loader(frozenset({self.base}))

    def now(self) -> datetime:
        """The present instant in UTC, in whole seconds: what is signed and what is stored are then the same."""
        return self.clock().astimezone(UTC).replace(microsecond=0)

    def is_demo(self) -> bool:
        """Whether the data is made up, and must be marked so wherever people see it."""
        with self.database.reading() as session:
            return session.scalars(select(InstanceRow.is_demo)).one()

    def mark_as_demo(self) -> None:
        """From now on, and for good, the data counts as made up."""
        with self.database.writing() as session:
            session.scalars(select(InstanceRow)).one().is_demo = True

    def today(self) -> date:
        """The present day in Thai legal time."""
        return legal_date(self.now())

    def store(self, session: Session) -> Store:
        """The queries of this register, in the transaction of `session`."""
        # Seen before the session reads anything: what it finds is of this state, or of a newer one.
        state = None if self.database.is_writing(session) else self.database.state()
        return Store(session, self.codec, self.base, self.today(), self.knowledge.at(state))

    def new_id(self) -> int:
        """128 random bits."""
        return int.from_bytes(self.random_bytes(16), "big")


def initialise(settings: Settings, clock: Callable[[], datetime], random_bytes: Callable[[int], bytes]) -> Register:
    """Makes the register, or opens it where it is there already. Raises `BaseFrozen` for another base than it has.

    Raises `SettingInvalid` where an existing register's key-encryption key is gone: a new one could not open its keys.
    """
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = Database(settings.database_url)
    with _closed_on_error(database):
        database.keep_private()
        if not settings.key_encryption_key and not settings.key_encryption_key_file.exists() and not _exists(database):
            write_key_encryption_key(settings.key_encryption_key_file, random_bytes(KEY_ENCRYPTION_KEY_BYTES))
        settings.read_key_encryption_key()
        database.migrate()
        with database.writing() as session:
            row = session.scalar(select(InstanceRow))
            if row is None:
                now = clock()
                row = InstanceRow(
                    id=1,
                    base_url=settings.first_base_url,
                    created_at=now,
                    refreshed_on=legal_date(now),
                    is_demo=False,
                    entries_form=ENTRIES_FORM,
                )
                session.add(row)
            elif settings.base_url and row.base_url != settings.base_url:
                raise BaseFrozen(
                    f"this register's base is {row.base_url} and is frozen, since every IRI, signature and printed code "
                    f"has it (got {settings.base_url})"
                )
            base = row.base_url
        return _register(settings, database, base, clock, random_bytes)


@contextmanager
def _closed_on_error(database: Database) -> Iterator[None]:
    """Leaves no connection behind where the register cannot be used."""
    try:
        yield
    except BaseException:
        database.close()
        raise


def _exists(database: Database) -> bool:
    """Whether the database holds a register already, of whatever schema version."""
    return inspect(database.engine).has_table(InstanceRow.__tablename__)


def _register(
    settings: Settings,
    database: Database,
    base: str,
    clock: Callable[[], datetime],
    random_bytes: Callable[[int], bytes],
) -> Register:
    hardware = Hardware(settings.pkcs11_module, settings.read_pkcs11_pin)
    return Register(database, base, clock, random_bytes, settings.read_key_encryption_keys, hardware)


def write_key_encryption_key(path: Path, key: bytes) -> None:
    """Writes a new key, whole or not at all. Raises FileExistsError: never over an existing key."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    # 0o600: nobody else on the machine may read it.
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(base64.b64encode(key) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    finally:
        fresh.unlink()


def open_register(settings: Settings, clock: Callable[[], datetime], random_bytes: Callable[[int], bytes]) -> Register:
    """The register that `settings` point to, under the base it was made with. Raises `NotInitialised`."""
    database = Database(settings.database_url)
    with _closed_on_error(database):
        if settings.database_url.startswith("sqlite:///") and not settings.home.exists():
            raise NotInitialised(f"there is no register in {settings.home}: make one with `license-registry init`")
        if not database.is_current():
            raise NotInitialised(
                f"the register in {settings.home} does not exist or has an older schema: run `license-registry init` "
                "(it keeps all data)"
            )
        with database.reading() as session:
            row = session.scalar(select(InstanceRow))
            if row is None:
                raise NotInitialised(
                    f"the register in {settings.home} was not initialised: run `license-registry init`"
                )
            if row.entries_form < ENTRIES_FORM:
                raise NotInitialised(
                    f"the register in {settings.home} was not brought up to date to the end: run `license-registry init` again "
                    "(it keeps all data)"
                )
            base = row.base_url
        return _register(settings, database, base, clock, random_bytes)
