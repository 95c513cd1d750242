"""Following an origin: its licences are listed, proven, published as a list, and held to what it says, by one worker or several.

Each step is written down as it is done, so that one that is killed is taken up where it was: what was listed stays listed, what
was proven stays proven, and a list that was published is known by its bytes.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

from registry.exchange.harvest import LEASE, LeaseLost, retry_after
from registry.exchange.leases import give_back, held, take
from registry.exchange.sources import Outcome
from registry.federation.agreement import agree
from registry.federation.asking import Busy, Strange
from registry.federation.attempt import Attempt, Failed, attempt_at
from registry.federation.catching_up import catch_up
from registry.federation.dumped import DumpRefused
from registry.federation.examining import examine_listed
from registry.federation.harvested import count_of
from registry.federation.keys import Controller, agreed, fetched_controller, unknown
from registry.federation.origins import DOUBTS, FAILURES, Origin, origin_with_id
from registry.federation.publishing import publish_proven
from registry.federation.states import State
from registry.intake.batch import Progress
from registry.intake.staging import nothing
from registry.register import Register
from registry.tables import OriginRow
from verify.errors import CouldNotCheck, FetchFailed, VerificationError
from verify.fetch import Fetcher
from verify.resolver import Resolver
from verify.trust import Issuer, TrustData
from vocab.resource import authority_iri, license_type_iri

AN_ATTEMPT = timedelta(hours=1)


def follow_due(
    register: Register,
    fetcher: Fetcher,
    *,
    origin_id: int | None = None,
    is_stopped: Callable[[], bool] = lambda: False,
    progress: Progress = nothing,
) -> Iterator[Origin]:
    """Follows each origin that is due, one after the other, and gives it as it is then.

    With `origin_id` this one alone, due or not; a list that a person put aside is then sent again. What nobody expected is
    written down as a failure of the origin and then raised.
    """
    which = [OriginRow.removed_at.is_(None)] + ([OriginRow.id == origin_id] if origin_id is not None else [])
    while not is_stopped() and (lease := take(register, OriginRow, LEASE, *which, due_only=origin_id is None)):
        done = _follow(attempt_at(register, fetcher, lease, origin_id is not None, is_stopped, progress))
        if done is not None:
            yield done
        if origin_id is not None:
            return


def _follow(attempt: Attempt) -> Origin | None:
    """The origin as it is afterwards; None where another worker took it over."""
    try:
        outcome = _outcome(attempt)
    except LeaseLost:
        return None
    except Failed as failed:
        outcome = failed.outcome
    except Exception as error:
        _note(attempt, Outcome("fault", {"words": type(error).__name__}))
        raise
    return _note(attempt, outcome)


def _outcome(attempt: Attempt) -> Outcome:
    """Raises `Failed`, `LeaseLost`."""
    try:
        controller = _controller(attempt)
        trust = _trust(attempt, controller)
        catch_up(attempt, trust)
        silent = examine_listed(attempt, trust)
        # Before the list is compared: what is known to be stale is not missed from it.
        agree(attempt.register, attempt.origin.id, only=State.REFUSED)
        outcome = _published(attempt)
    except Failed as failed:
        if failed.outcome.code in DOUBTS:
            agree(attempt.register, attempt.origin.id)
        raise
    except Busy as error:
        raise Failed("busy", words=error) from error
    except Strange as error:
        raise Failed("strange", words=error) from error
    except FetchFailed as error:
        raise Failed("not-fetched", words=error) from error
    except DumpRefused as error:
        raise Failed("dump-refused", words=error) from error
    return _told(attempt, controller, outcome, silent)


def _published(attempt: Attempt) -> Outcome:
    """Publishes, and looks whether the two agree then: what could not be published is stale. Raises `Failed`, `LeaseLost`."""
    try:
        return publish_proven(attempt)
    finally:
        agree(attempt.register, attempt.origin.id)


def _controller(attempt: Attempt) -> Controller:
    origin = attempt.origin
    try:
        controller, address, body = fetched_controller(attempt.asking.fetcher, origin.base, origin.did)
    except FetchFailed:
        raise
    except (VerificationError, CouldNotCheck) as error:
        raise Failed("keys-unreadable", words=f"{error.code}: {error}") from error
    attempt.asking.answers.append((address, body))
    return controller


def _trust(attempt: Attempt, controller: Controller) -> TrustData:
    """What the verifier is to believe: the keys that were agreed to, for licences of this authority and these types."""
    origin, now = attempt.origin, attempt.register.now()
    if not attempt.types:
        raise Failed("unusable", words=f"authority {origin.authority} may not grant anything here")
    issuer = Issuer(
        did=origin.did,
        name=next(iter(attempt.types.values())).grantor.authority.name,
        authority=authority_iri(origin.base, origin.authority),
        may_grant=frozenset(license_type_iri(origin.base, code) for code in attempt.types),
        keys=agreed(controller, origin.keys),
    )
    return TrustData(
        base=origin.base,
        as_of=now,
        expires=now + AN_ATTEMPT,
        issuers={origin.did: issuer},
        status_lists={},
        # A key that is not among these is none.
        live=True,
        resolver=Resolver(attempt.asking.fetcher),
    )


def _told(attempt: Attempt, controller: Controller, outcome: Outcome, silent: int) -> Outcome:
    """What to say of an attempt that came to its end: first what a person must look at."""
    origin = attempt.origin
    with attempt.register.database.reading() as session:
        refused = count_of(session, origin.id, State.REFUSED)
    new = unknown(controller, origin.keys)
    if new:
        details = {"keys": ", ".join(new), "fingerprint": controller.fingerprint, "name": origin.name}
        return Outcome("keys-changed", details)
    if outcome.code in {"waits", "put-aside"}:
        return outcome
    if silent:
        return Outcome("busy", {"words": f"{silent} licences"})
    if refused:
        return Outcome("some-refused", {"refused": str(refused), "name": origin.name})
    return outcome


def _note(attempt: Attempt, outcome: Outcome) -> Origin | None:
    """Writes down what became of an attempt, and gives the origin back; None where it is another's by now."""
    register, now = attempt.register, attempt.register.now()
    with register.database.writing() as session:
        row = held(session, attempt.lease)
        if row is None:
            return None
        attempt.asking.keep(register, session, row.id)
        row.outcome, row.checked_at = outcome.dump(), now
        give_back(row)
        row.failures = row.failures + 1 if outcome.code in FAILURES else 0
        wait = timedelta(minutes=row.every_minutes)
        row.next_at = now + (min(wait, retry_after(row.failures)) if row.failures else wait)
        session.flush()
        return origin_with_id(session, row.id)
