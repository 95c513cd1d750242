"""The nouns of a table: what is escaped for spreadsheet programs comes back, and why a file cannot be read can be said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.intake.table import REASONS, FileUnreadable, escaped, unescaped


@given(st.text())
def test_what_we_export_for_repair_comes_back(cell: str) -> None:
    if not cell.startswith("'"):
        assert unescaped(escaped(cell)) == cell
    assert not escaped(cell).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_reason_is_said_with_what_it_is_about() -> None:
    error = FileUnreadable("too-large", size=300, limit=200)
    assert str(error) == "The file has 300 bytes, at most 200 are accepted. Send it in parts."
    assert (error.reason, error.details) == ("too-large", {"size": 300, "limit": 200})


def test_only_known_reasons_are_given() -> None:
    assert "because" not in REASONS
    with pytest.raises(KeyError):
        FileUnreadable("because")
