"""Any sequence of files, decisions and undoing: what is public, what is signed and what is told always agree."""

import shutil
import tempfile
from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from registry.batches import rows_of
from registry.intake.batch import Holds, Report
from registry.intake.undo import UndoRefused, undo_batch
from registry.register import Register
from registry.services import ActRefused, refresh
from tests.conftest import LONG
from tests.registry.intake.lists import PERIODS, STATUS, issue
from tests.registry.public import check_agreement, public_state
from tests.registry.small import Clock, act, open_small, row
from vocab.history import ActKind, IllegalAct

NUMBERS = tuple(f"{number}/2567" for number in range(1, 5))
ENDS = ("2026-12-31", "2027-12-31", "2026-11-25", "")
TOLD = (("", ""), ("ปกติ", ""), ("พักใช้", "2026-11-10"), ("เพิกถอน", "2026-11-15"), ("เลิกกิจการ", ""))

ROWS = st.lists(
    st.builds(
        lambda number, premises, end, told: row(
            number, premises=premises, expires_on=end, status=told[0], status_on=told[1]
        ),
        st.sampled_from(NUMBERS),
        st.sampled_from(("ก", "ข")),
        st.sampled_from(ENDS),
        st.sampled_from(TOLD),
    ),
    max_size=6,
)
STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("publish"), ROWS, st.sampled_from(Holds), st.sampled_from((STATUS, PERIODS)), st.sampled_from("ab")
        ),
        st.tuples(st.just("undo"), st.integers(0, 2)),
        st.tuples(
            st.just("act"),
            st.sampled_from(NUMBERS),
            st.sampled_from((ActKind.SUSPEND, ActKind.REINSTATE, ActKind.REVOKE)),
        ),
        st.tuples(st.just("pass"), st.integers(1, 40)),
    ),
    min_size=2,
    max_size=9,
)


@given(steps=STEPS)
@settings(
    max_examples=400 if LONG else 20,
    deadline=None,
    # Looking for the shortest story would take an hour; any of them is short.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_any_sequence_keeps_everything_in_agreement(sqlite_template: Path, steps: list[tuple[object, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(sqlite_template, folder)
        clock = Clock()
        register = open_small(f"sqlite:///{folder}/{sqlite_template.name}", "property", clock)
        try:
            Story(register, clock).go(steps)
        finally:
            register.database.close()


class Story:
    """What happens to a register, with what was public before each of its batches."""

    def __init__(self, register: Register, clock: Clock) -> None:
        self.register = register
        self.clock = clock
        self.published: list[tuple[Report, date, object]] = []

    def go(self, steps: list[tuple[object, ...]]) -> None:
        for name, *arguments in steps:
            getattr(self, f"do_{name}")(*arguments)
            refresh(self.register)
            check_agreement(self.register)

    def do_publish(self, rows: list[dict[str, str]], holds: Holds, mapping: str, source: str) -> None:
        before = public_state(self.register)
        report = issue(self.register, *rows, holds=holds, mapping=mapping, source=source)
        assert report.rows == len(rows) == len(list(rows_of(self.register, report.batch)))
        self.published.append((report, self.register.today(), before))

    def do_undo(self, back: int) -> None:
        """Undoes the last batch, or one beneath it."""
        if back >= len(self.published):
            return
        public = public_state(self.register)
        report, day, before = self.published[-1 - back]
        try:
            undo_batch(self.register, report.batch)
        except UndoRefused:
            assert public_state(self.register) == public
            return
        del self.published[-1 - back]
        if back == 0 and not self.decided and day == self.register.today():
            assert public_state(self.register) == before

    decided = False

    def do_act(self, number: str, kind: ActKind) -> None:
        if not any(f"/{number.replace('/', '~2F')}" in tail for tail in public_state(self.register)):
            return
        try:
            act(self.register, number, kind, self.register.today())
        except (IllegalAct, ActRefused):
            return
        self.decided = True

    def do_pass(self, days: int) -> None:
        self.clock.pass_by(days=days)
