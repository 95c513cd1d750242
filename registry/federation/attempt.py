"""One attempt at one origin, by a worker that holds it: what all its steps need."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.orm import Session

from registry.exchange.harvest import LeaseLost, hold
from registry.exchange.leases import Lease, held
from registry.exchange.sources import Outcome
from registry.federation.asking import Asking
from registry.federation.origins import Origin, origin_with_id
from registry.intake.batch import Progress
from registry.register import Register
from registry.tables import OriginRow
from verify.fetch import Fetcher
from vocab.authority import NumberingScheme
from vocab.graph import Grantor


class Failed(Exception):
    """The attempt failed: `outcome` says why, in words for people."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.outcome = Outcome(code, {name: str(value) for name, value in details.items()})


@dataclass(frozen=True, slots=True)
class Taken:
    """A type of licences that may be taken: who grants it here, and how its numbers work."""

    id: int
    grantor: Grantor
    scheme: NumberingScheme


@dataclass(frozen=True, slots=True)
class Attempt:
    """`types` are by their codes; `is_asked_for` says that a person wants it now."""

    register: Register
    lease: Lease[OriginRow]
    origin: Origin
    types: Mapping[str, Taken]
    asking: Asking
    is_asked_for: bool
    is_stopped: Callable[[], bool]
    progress: Progress

    @property
    def type_ids(self) -> Mapping[str, int]:
        return {code: each.id for code, each in self.types.items()}

    def hold(self) -> None:
        """Goes on holding the origin. Raises `LeaseLost`."""
        hold(self.register, self.lease)

    @contextmanager
    def writing(self) -> Iterator[tuple[Session, OriginRow]]:
        """A transaction in which the origin is held, and what it answered is kept. Raises `LeaseLost`."""
        with self.register.database.writing() as session:
            row = held(session, self.lease)
            if row is None:
                raise LeaseLost
            self.asking.keep(self.register, session, row.id)
            yield session, row


def attempt_at(
    register: Register,
    fetcher: Fetcher,
    lease: Lease[OriginRow],
    is_asked_for: bool,
    is_stopped: Callable[[], bool],
    progress: Progress,
) -> Attempt:
    """The attempt of a worker that has taken an origin."""
    with register.database.reading() as session:
        origin = origin_with_id(session, lease.row_id)
        store = register.store(session)
        types = {
            mandate.type: Taken(
                store.type_id(mandate.type), store.grantor(mandate.authority, mandate.type), mandate.scheme
            )
            for mandate in store.mandates(authority=origin.authority)
        }
    asking = Asking(fetcher, origin.base)
    return Attempt(register, lease, origin, types, asking, is_asked_for, is_stopped, progress)
