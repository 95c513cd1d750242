"""The stored vectors: each good one is genuine and in force, each bad one is answered with the code in its name."""

from pathlib import Path

import pytest

from tests.builders import NOW
from tests.vectors import make
from verify import errors
from verify.trust import parse_trust
from verify.verdict import Answer, Verdict
from verify.verifier import examine

VECTORS = Path(make.__file__).parent
TRUST = parse_trust((VECTORS / "trust.json").read_bytes())
GOOD = sorted((VECTORS / "good").glob("*.json"))
BAD = sorted((VECTORS / "bad").glob("*.json"))


def code_of(verdict: Verdict) -> str:
    """What stands first between the credential and "genuine and in force"."""
    return next(part.code for part in (verdict.genuine, verdict.in_force) if part.answer is not Answer.YES)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_good_vector_is_genuine_and_in_force(path: Path) -> None:
    verdict = examine(path.read_bytes(), TRUST, NOW)
    assert (verdict.genuine.answer, verdict.in_force.answer) == (Answer.YES, Answer.YES)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_vector_is_answered_with_its_code(path: Path) -> None:
    verdict = examine(path.read_bytes(), TRUST, NOW)
    assert code_of(verdict) == path.stem.partition("--")[0]
    assert verdict.exit_code != 0


def test_the_vectors_are_those_that_the_script_makes() -> None:
    assert {path.stem: path.read_bytes() for path in GOOD} == make.good()
    assert {path.stem: path.read_bytes() for path in BAD} == make.bad()


def test_every_code_of_a_verdict_that_is_no_has_a_vector() -> None:
    codes = {
        each.code
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, errors.VerificationError)
    }
    # The first is the base class; a broken list reads as status-unavailable and never as the licence's fault; a presentation is
    # no credential, and what a QR code holds has vectors of its own (codes.json).
    others = {"verification-failed", "malformed-status-list", "malformed-presentation", "malformed-compact"}
    assert {path.stem.partition("--")[0] for path in BAD} >= codes - others
