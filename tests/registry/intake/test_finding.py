"""The catalogue of findings: complete, tested, and careful with citizens' numbers."""

from pathlib import Path

import pytest

from registry.intake.finding import CATALOGUE, found
from registry.intake.gravity import Gravity

TESTS = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tests() -> str:
    """All our tests."""
    return "".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py") if path != Path(__file__))


@pytest.mark.parametrize("code", list(CATALOGUE))
def test_some_test_makes_each_finding(code: str, tests: str) -> None:
    assert f'"{code}"' in tests


def test_a_citizen_number_is_left_out() -> None:
    finding = found("row-moved", "column", "1-2345-67890-12-1", "๑๒๓๔๕๖๗๘๙๐๑๒๑", text="1234567890121", other="12")
    assert (finding.received, finding.proposed, finding.details) == ("", "", {"text": "", "other": "12"})
    assert finding.gravity is Gravity.BLOCKS
