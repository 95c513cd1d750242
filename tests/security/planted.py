"""Verifiers with one broken check each. As a pytest plugin (`-p tests.security.planted`), plants the one that PLANTED names.

Only the tests use this: to see that they would notice.
"""

import os
from collections.abc import Callable
from typing import Any

import pytest

Plant = Callable[[pytest.MonkeyPatch], None]
MUTANTS: dict[str, Plant] = {}


def mutant(plant: Plant) -> Plant:
    MUTANTS[plant.__name__] = plant
    return plant


def _nothing(*_: Any, **__: Any) -> None:
    """In place of a check."""


@mutant
def ignores_the_signature(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("verify.proof.require_fits", _nothing)
    patch.setattr("verify.jose.Envelope.require_signature", _nothing)


@mutant
def skips_the_issuer_controller_check(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("verify.verifier._Signing._require_own", _nothing)


@mutant
def skips_challenge_and_domain(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("verify.presentation.require_asked", _nothing)


@mutant
def skips_credentials_inside_presentations(patch: pytest.MonkeyPatch) -> None:
    from verify.presentation import PresentationVerdict
    from verify.verdict import Answer

    patch.setattr(PresentationVerdict, "verified", property(lambda self: self.signature.answer is Answer.YES))


@mutant
def ignores_expiry(patch: pytest.MonkeyPatch) -> None:
    from verify import verifier

    asked = verifier._in_force

    def without_end(verified: Any, trust: Any, at: Any) -> Any:
        return asked(verified, trust, min(at, verified.credential.valid_until or at))

    patch.setattr(verifier, "_in_force", without_end)


def pytest_configure(config: pytest.Config) -> None:
    name = os.environ.get("PLANTED")
    if name:
        patch = pytest.MonkeyPatch()
        MUTANTS[name](patch)
        config.add_cleanup(patch.undo)
