"""Many licences in one request, one a line (JSON lines): published in chunks, each in one transaction, and answered line by line.

A line that cannot be published stops no other. A crash leaves whole chunks behind, and sending the same again is harmless: what
is public as it was sent is left alone.
"""

import collections
import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import islice
from typing import IO, Any, Protocol

from sqlalchemy.orm import Session

from registry.ahead import AheadStore
from registry.api.issue_request import RequestRefused
from registry.api.push import (
    OUTCOMES,
    Counter,
    LicenseEmpty,
    LicenseRejected,
    NumberSimilar,
    Sent,
    finding_node,
    is_news,
    locked_counter,
    open_counter,
    plan_license,
    read_license,
)
from registry.intake.plain import MemberRefused, read_members
from registry.intake.single import Arrival, NotIssued, Plan, publish_plans
from registry.problems import EXPECTED, problem_of, to_json
from registry.register import Register
from registry.store import Store
from registry.tokens import AccessToken
from verify.document import Document
from vocab.iri import lookup_key
from vocab.license import License

log = logging.getLogger(__name__)

CHUNK_LINES = 200
MAX_STREAM_BYTES = 64 << 20
MAX_LINES = 100_000
MAX_LINE_BYTES = 64 << 10
REJECTED = "rejected"
LINE_ERRORS = (MemberRefused, LicenseRejected, LicenseEmpty, NumberSimilar, NotIssued)
"""What is wrong with one line and says nothing about the others."""
_BLOCK = 1 << 16

Line = tuple[int, bytes]


class Readable(Protocol):
    """What a request's body is read from."""

    def read(self, size: int, /) -> bytes: ...


def spooled(stream: Readable) -> IO[bytes]:
    """What `stream` has, in a file of no name: nothing is published before all has come, and clients that read no answer before
    they have sent all must not wait for ever."""
    with ExitStack() as opened:
        file = opened.enter_context(tempfile.TemporaryFile())
        while block := stream.read(_BLOCK):
            file.write(block)
        file.seek(0)
        opened.pop_all()
        return file


def require_counter(register: Register, caller: AccessToken, authority: str, license_type: str) -> None:
    """Raises, as `registry.api.push.open_counter`, where the caller may not send these licences: before anything is read."""
    with register.database.reading() as session:
        open_counter(register.store(session), caller, authority, license_type)


def answer_lines(
    register: Register, caller: AccessToken, license_type: str, file: IO[bytes], alive: Callable[[], None]
) -> Iterator[Document]:
    """Publishes the licences in `file`, and gives an answer for each line once its chunk is public; the last sums up.

    An answer has `line`, `outcome` (created, changed, unchanged, rejected), `iri` and `findings`, and that of a rejected line
    `problem`. Where nothing more can be done the last answer has a `problem` alone, and the lines without an answer were not
    published. `file` is closed at the end.
    """
    counts: collections.Counter[str] = collections.Counter()
    with file:
        lines = _lines(file)
        while chunk := list(islice(lines, CHUNK_LINES)):
            try:
                answers = publish_lines(register, caller, license_type, chunk)
            except Exception as error:
                # The status was sent long ago; what is public stays so.
                if not isinstance(error, EXPECTED):
                    log.exception("a chunk of lines cannot be published")
                yield {"problem": _problem(error)}
                return
            counts.update(answer["outcome"] for answer in answers)
            yield from answers
            alive()
        if file.read(1):
            told = f"a request has at most {MAX_LINES} lines: send the others in another"
            yield {"problem": _problem(RequestRefused(told))}
            return
    yield {"summary": {"lines": counts.total(), **{name: counts[name] for name in (*OUTCOMES.values(), REJECTED)}}}


def _lines(file: IO[bytes]) -> Iterator[Line]:
    """The lines that are not blank, counted from 1 with the blank ones; of one that is too long the beginning."""
    for number in range(1, MAX_LINES + 1):
        raw = file.readline(MAX_LINE_BYTES + 2)
        if not raw:
            return
        rest = raw
        while not rest.endswith(b"\n") and (rest := file.readline(MAX_LINE_BYTES)):
            pass
        if raw.strip():
            yield number, raw


def publish_lines(register: Register, caller: AccessToken, license_type: str, lines: list[Line]) -> list[Document]:
    """Publishes some lines in one transaction. Returns an answer for each."""
    answers = []
    with register.database.writing() as session:
        store = register.store(session)
        counter = locked_counter(store, caller, caller.authority, license_type)
        waiting = _Waiting(register, session, store, counter)
        read = [(number, raw, _read(counter, raw)) for number, raw in lines]
        ahead = AheadStore(store, [sent.license for _, _, sent in read if isinstance(sent, Sent)])
        for number, raw, sent in read:
            try:
                if not isinstance(sent, Sent):
                    raise sent
                waiting.make_way_for(sent.license)
                was_touched = waiting.published & _keys(sent.license)
                plan = plan_license(AheadStore(store, [sent.license]) if was_touched else ahead, counter, sent)
            except LINE_ERRORS as error:
                answers.append(_rejected(number, error))
                continue
            if is_news(plan):
                waiting.add(number, raw, plan)
            answers.append(
                {
                    "line": number,
                    "outcome": OUTCOMES[plan.outcome],
                    "iri": str(plan.license.iri),
                    "findings": [finding_node(finding) for finding in plan.findings],
                }
            )
        waiting.publish()
    return answers


def _read(counter: Counter, raw: bytes) -> Sent | Exception:
    """The licence in a line, or what is wrong with it: one of `LINE_ERRORS`."""
    try:
        return read_license(counter, _members(raw.strip()))
    except LINE_ERRORS as error:
        return error


def _keys(license: License) -> set[str]:
    """What tells whether two licences may have to do with each other: their numbers, and those that they name."""
    renewed = [license.renews.number] if license.renews else []
    return {lookup_key(number) for number in (license.number, *renewed, *license.aliases)}


def _members(line: bytes) -> Document:
    """The JSON object in a line. Raises `MemberRefused`."""
    if len(line) > MAX_LINE_BYTES:
        raise MemberRefused("", f"a line has at most {MAX_LINE_BYTES:,} bytes, and this one has more")
    return read_members(line)


class _Waiting:
    """Lines that are planned and will be published together, since none of them has to do with another.

    `published` are the keys of those that were published already: what was read before says nothing about them.
    """

    def __init__(self, register: Register, session: Session, store: Store, counter: Counter) -> None:
        self._register, self._session, self._store, self._counter = register, session, store, counter
        self._plans: list[tuple[int, Plan]] = []
        self._bodies: list[bytes] = []
        self._keys: set[str] = set()
        self.published: set[str] = set()

    def make_way_for(self, license: License) -> None:
        """Publishes what waits if it may have to do with `license`, which is then planned on what it made."""
        if self._keys & _keys(license):
            self.publish()

    def add(self, line: int, raw: bytes, plan: Plan) -> None:
        self._plans.append((line, plan))
        self._bodies.append(raw.strip() + b"\n")
        self._keys |= _keys(plan.license)

    def publish(self) -> None:
        if not self._plans:
            return
        grantor = self._counter.grantor
        first, last = self._plans[0][0], self._plans[-1][0]
        address = f"/api/v1/licenses/{grantor.authority.code}/{grantor.license_type.code}"
        arrival = Arrival(body=b"".join(self._bodies), name=f"POST {address} lines {first} to {last}")
        publish_plans(self._register, self._session, self._store, grantor, self._plans, arrival)
        self._session.flush()
        self._session.expire_all()
        self.published |= self._keys
        self._plans, self._bodies, self._keys = [], [], set()


def _rejected(number: int, error: Exception) -> Document:
    problem = _problem(error)
    return {
        "line": number,
        "outcome": REJECTED,
        "iri": None,
        "findings": problem.pop("findings", []),
        "problem": problem,
    }


def _problem(error: Exception) -> dict[str, Any]:
    problem = problem_of(error)
    return to_json(problem, problem.title)
