"""No attack is accepted, and what it is a change of is; a verifier with a broken check would not get past these tests."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.security.attacks import ATTACKS, HARMLESS, Attack
from tests.security.planted import MUTANTS, Plant

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("is_accepted", ATTACKS.values(), ids=list(ATTACKS))
def test_no_attack_is_accepted(is_accepted: Attack) -> None:
    assert not is_accepted()


@pytest.mark.parametrize("is_accepted", HARMLESS.values(), ids=list(HARMLESS))
def test_what_they_are_changes_of_is_accepted(is_accepted: Attack) -> None:
    assert is_accepted()


NOTICED = {
    "ignores_the_signature": {"altered_after_signing", "altered_in_a_jws", "replayed_proof"},
    "skips_the_issuer_controller_check": {"issuer_that_does_not_control_the_key"},
    "skips_challenge_and_domain": {
        "replayed_presentation",
        "presentation_for_another_domain",
        "presentation_without_a_challenge",
    },
    "skips_credentials_inside_presentations": {
        "forged_credential_in_a_presentation",
        "forged_licence_in_a_presentation",
    },
    "ignores_expiry": {"expired_credential"},
}
"""For each mutant, the attacks that it lets pass, among others."""


@pytest.mark.parametrize("plant", MUTANTS.values(), ids=list(MUTANTS))
def test_a_verifier_with_a_broken_check_is_noticed(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    accepted = {name for name, is_accepted in ATTACKS.items() if is_accepted()}
    assert accepted >= NOTICED[plant.__name__]


def run_tests(planted: str) -> subprocess.CompletedProcess[str]:
    """These files of the ordinary tests, in a process of their own, with the mutant planted (none for an empty name)."""
    files = ("tests/verify/test_verifier.py", "tests/verify/test_presentation.py")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.security.planted", "-p", "no:cacheprovider", "-x"]
    environment = {**os.environ, "PLANTED": planted, "PYTHONPATH": str(ROOT)}
    return subprocess.run([*command, *files], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("planted", ["", *MUTANTS])
def test_the_real_tests_fail_with_a_mutant_and_only_then(planted: str) -> None:
    done = run_tests(planted)
    assert done.returncode == (pytest.ExitCode.TESTS_FAILED if planted else pytest.ExitCode.OK), done.stdout[-3_000:]
