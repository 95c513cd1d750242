"""The words on the pages: none is missing, and none is green by accident."""

from datetime import UTC, datetime
from itertools import product

import pytest

from registry.web import wording
from verify import errors
from verify.verdict import Answer, Part, Verdict
from vocab.authority import Level
from vocab.history import ActKind, Status

AT = datetime(2026, 11, 21, tzinfo=UTC)
IN_FORCE_CODES = [*Status, "withdrawn", "expiry-not-stated", "status-unavailable", "status-unknown", "not-examined"]


def verdict(genuine: Answer, in_force: Answer, code: str) -> Verdict:
    return Verdict(
        genuine=Part(genuine, "signed-by-authority"),
        signature=Part(genuine, "signed-by-issuer"),
        issuer=Part(genuine, "authority-with-mandate"),
        in_force=Part(in_force, code),
        as_of=AT,
        checked_at=AT,
        not_checked=(),
    )


@pytest.mark.parametrize(("genuine", "in_force", "code"), list(product(Answer, Answer, IN_FORCE_CODES)))
def test_green_means_genuine_and_in_force_and_nothing_else(genuine: Answer, in_force: Answer, code: str) -> None:
    band = wording.band(verdict(genuine, in_force, code))
    good = genuine is Answer.YES and in_force is Answer.YES and code == Status.ACTIVE
    assert (band.tone == "good") == good


def test_every_status_act_and_level_has_words() -> None:
    assert set(IN_FORCE_CODES) <= set(wording.STATUS)
    assert set(IN_FORCE_CODES) <= set(wording.MEANING)
    assert set(ActKind) == set(wording.ACT)
    assert set(Level) == set(wording.LEVEL)


def test_every_reason_of_the_verifier_has_words() -> None:
    found = [
        value.code
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, errors.VerificationError | errors.CouldNotCheck)
    ]
    assert set(found) <= set(wording.GENUINE_MEANING)
