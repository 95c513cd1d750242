"""`POST /credentials/issue` for a licence of which the register knows something already."""

from datetime import date

from registry.register import Register
from tests.registry.office import Office, credential, problem
from tests.registry.small import (
    TODAY,
    act,
    current_credential,
    iri,
    row,
    rows_in,
    send,
    status,
    table_sizes,
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
    contradicting = problem(sqlite_office.issue(credential(expiresOn="2026-11-30")), 409, "not-issued")["detail"]
    assert "decision recorded since" in contradicting
    assert "file" not in contradicting
    problem(sqlite_office.issue(credential()), 409, "not-issued")
    later = sqlite_office.issue(credential(expiresOn="2027-03-31"))
    assert later.status_code == 201, "a later end is a renewal as always"


def test_an_old_request_that_is_sent_again_undoes_nothing(office: Office, register: Register) -> None:
    old = office.issue(credential())
    new = office.issue(credential(expiresOn="2028-02-28"))
    before = table_sizes(register)
    assert "version 1" in problem(office.issue(credential()), 409, "not-issued")["detail"]
    assert table_sizes(register) == before
    assert current_credential(register, "12/2567") == new.data != old.data
    assert verdict(register, new.data).in_force.code == "active"
    assert office.issue(credential(expiresOn="2028-02-28")).data == new.data


def test_an_old_request_undoes_no_change_of_the_text_either(sqlite_office: Office) -> None:
    person = {"licensee": [{"type": "Person", "fullName": {"th": "นายสมชาย ใจดีมาก"}}]}
    elsewhere = [{"type": "Premises", "placeName": {"th": "ร้านใหม่"}, "address": {"province": "นครพนม"}}]
    first = sqlite_office.issue(credential(**person)).get_json(force=True)
    assert sqlite_office.issue(credential(**person, premises=elsewhere)).status_code == 201
    problem(sqlite_office.issue(credential(**person)), 409, "not-issued")
    # As it was handed out, with the name masked, it is the same old face.
    for member in ("proof", "id", "credentialStatus"):
        del first[member]
    problem(sqlite_office.issue(first), 409, "not-issued")


def test_dates_of_before_do_not_come_back_with_another_text(sqlite_office: Office) -> None:
    sqlite_office.issue(credential())
    sqlite_office.issue(credential(expiresOn="2028-02-28"))
    answer = sqlite_office.issue(credential(condition=["ห้ามใช้เสียงดัง"]))
    assert "dates" in problem(answer, 409, "not-issued")["detail"]
    # Dates that it never had are a correction, as of a file.
    assert sqlite_office.issue(credential(expiresOn="2028-01-31")).status_code == 201


def test_a_file_can_change_a_licence_back(sqlite_office: Office, sqlite_register: Register) -> None:
    sqlite_office.issue(credential())
    sqlite_office.issue(credential(expiresOn="2028-02-28"))
    assert [plan.outcome for plan in rows_in(sqlite_register, send(sqlite_register, row("12/2567")))] == ["changed"]
    assert sqlite_office.issue(credential()).data == current_credential(sqlite_register, "12/2567")


def test_an_unknown_licence_that_is_renewed_is_not_said_to_be_published(sqlite_office: Office) -> None:
    refused = problem(sqlite_office.issue(credential(renews=str(iri("11/2566")))), 409, "not-issued")["detail"]
    assert "11/2566, is not in the register" in refused
    assert "ublished without" not in refused
    assert sqlite_office.client.get(iri("12/2567").path).status_code == 404
