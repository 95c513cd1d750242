"""`POST /credentials/issue` for a licence of which the register knows something already."""

from datetime import date

from registry.register import Register
from tests.registry.office import Office, credential, problem
from tests.registry.small import (
    TODAY,
    act,
    status,
    verdict,
)
from vocab.history import ActKind
from vocab.license import Term


def test_a_licence_that_was_taken_away_gets_no_credential(sqlite_office: Office, sqlite_register: Register) -> None:
    sqlite_office.issue(credential())
    act(sqlite_register, "12/2567", ActKind.REVOKE)
    assert "revoked" in problem(sqlite_office.issue(credential()), 409, "not-issued")["detail"]
    problem(sqlite_office.issue(credential(expiresOn="2029-01-01")), 409, "not-issued")
    assert status(sqlite_register, "12/2567") == "revoked"


def test_a_suspended_licence_stays_suspended(sqlite_office: Office, sqlite_register: Register) -> None:
    first = sqlite_office.issue(credential())
    act(sqlite_register, "12/2567", ActKind.SUSPEND, TODAY)
    assert sqlite_office.issue(credential()).data == first.data
    renewed = sqlite_office.issue(credential(expiresOn="2029-01-01"))
    assert verdict(sqlite_register, renewed.data).in_force.code == "suspended"


def test_an_officers_decision_is_not_undone(sqlite_office: Office, sqlite_register: Register) -> None:
    sqlite_office.issue(credential())
    corrected = Term(valid_from=date(2024, 3, 1), expires_on=date(2026, 12, 31))
    act(sqlite_register, "12/2567", ActKind.CORRECT, TODAY, term=corrected)
    problem(sqlite_office.issue(credential(expiresOn="2026-11-30")), 409, "not-issued")
    later = sqlite_office.issue(credential(expiresOn="2027-02-28"))
    assert later.status_code == 201, "a later end is a renewal as always"
