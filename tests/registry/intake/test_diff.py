"""What a file changes, and by which act."""

from datetime import date

import pytest

from registry.intake.diff import acts_of_change
from registry.register import Register
from tests.registry.small import TODAY, act, current_credential, find, row, rows_in, send, status, verdict
from vocab.history import ActKind
from vocab.license import Term

OLD = {"valid_from": "2024-03-01", "expires_on": "2026-12-31"}


@pytest.mark.parametrize(
    ("change", "kind", "on"),
    [
        ({"premises": "ชื่อใหม่"}, ActKind.AMEND, TODAY),
        ({"expires_on": "2027-12-31"}, ActKind.RENEW, TODAY),
        ({"valid_from": "2027-01-01", "expires_on": "2027-12-31"}, ActKind.RENEW, date(2027, 1, 1)),
        # Overlapping with the old term, which goes on until the new one begins.
        ({"valid_from": "2026-12-15", "expires_on": "2027-12-31"}, ActKind.RENEW, date(2026, 12, 15)),
        ({"valid_from": "2026-01-01", "expires_on": "2027-12-31"}, ActKind.RENEW, TODAY),
        ({"expires_on": "2026-12-30"}, ActKind.CORRECT, TODAY),
        ({"expires_on": ""}, ActKind.CORRECT, TODAY),
        ({"valid_from": "2024-04-01"}, ActKind.CORRECT, TODAY),
    ],
)
def test_the_kind_of_a_change(sqlite_register: Register, change: dict[str, str], kind: ActKind, on: date) -> None:
    send(sqlite_register, row("1/2567", **OLD))
    report = send(sqlite_register, row("1/2567", **{**OLD, **change}))
    assert [plan.outcome for plan in rows_in(sqlite_register, report)] == ["changed"]
    history = find(sqlite_register, "1/2567").history
    assert [(item.kind, item.effective_on) for item in history.acts[1:]] == [(kind, on)]


def test_a_late_renewal_takes_effect_on_its_own_first_day(sqlite_register: Register) -> None:
    send(sqlite_register, row("1/2567", valid_from="2024-03-01", expires_on="2026-10-31"))
    send(sqlite_register, row("1/2567", valid_from="2026-11-01", expires_on="2027-10-31"))
    history = find(sqlite_register, "1/2567").history
    assert history.acts[-1].effective_on == date(2026, 11, 1)
    assert history.status(date(2026, 11, 5)) == "active"


def test_a_renewal_without_end(sqlite_register: Register) -> None:
    send(sqlite_register, row("1/2567", **OLD))
    record = find(sqlite_register, "1/2567")
    endless = Term(valid_from=date(2024, 3, 1), no_expiry=True)
    from dataclasses import replace

    (act,) = acts_of_change(replace(record.license, term=endless), None, record, TODAY)
    assert (act.kind, act.term) == (ActKind.RENEW, endless)


def test_a_licence_that_has_not_begun_is_amended_from_its_first_day(sqlite_register: Register) -> None:
    send(sqlite_register, row("1/2567", issued_on="", valid_from="2027-01-01", expires_on="2027-12-31"))
    send(sqlite_register, row("1/2567", issued_on="", valid_from="2027-01-01", expires_on="2027-12-31", premises="ใหม่"))
    record = find(sqlite_register, "1/2567")
    assert record.history.acts[-1].effective_on == date(2027, 1, 1)
    assert str(record.license.premises[0].name) == "ใหม่", "the newer face of two that begin on one day"
    assert status(sqlite_register, "1/2567") == "pending"
    assert verdict(sqlite_register, current_credential(sqlite_register, "1/2567")).in_force.code == "pending"


def test_the_newest_dates_hold_in_the_end(sqlite_register: Register) -> None:
    """A correction after a renewal that is still to come does not lose to it."""
    send(sqlite_register, row("1/2567", **OLD))
    send(sqlite_register, row("1/2567", valid_from="2027-01-01", expires_on="2027-12-31"))
    send(sqlite_register, row("1/2567", valid_from="2027-01-01", expires_on="2027-06-30"))
    history = find(sqlite_register, "1/2567").history
    assert history.term(date(2027, 2, 1)).expires_on == date(2027, 6, 30)
    assert history.status(TODAY) == "active"


def test_a_suspended_licence_can_be_renewed_and_stays_suspended(sqlite_register: Register) -> None:
    send(sqlite_register, row("1/2567", **OLD))
    act(sqlite_register, "1/2567", ActKind.SUSPEND)
    report = send(sqlite_register, row("1/2567", expires_on="2027-12-31"))
    assert [plan.outcome for plan in rows_in(sqlite_register, report)] == ["changed"]
    assert status(sqlite_register, "1/2567") == "suspended"
    assert verdict(sqlite_register, current_credential(sqlite_register, "1/2567")).in_force.code == "suspended"


def test_renewals_find_the_licence_with_its_year(sqlite_register: Register) -> None:
    mapping_rows = [row("1", issued_on="2023-05-01"), row("2", issued_on="2024-05-01", renews="1")]
    from registry.intake.publish import publish
    from tests.registry.small import ADVERT, MAPPING, TOWN, iri, submission, table

    mapping = MAPPING.replace('[columns.particulars]\narea = "area"', "")
    publish(sqlite_register, submission(table(*mapping_rows), TOWN, ADVERT, mapping))
    renewed = find(sqlite_register, iri("2", "be2567", license_type=ADVERT)).license.renews
    assert renewed == iri("1", "be2566", license_type=ADVERT)


def test_the_same_number_of_another_authority_is_another_licence(sqlite_register: Register) -> None:
    from tests.registry.small import OFFICE, iri

    send(sqlite_register, row("1/2567"))
    report = send(sqlite_register, row("1/2567", premises="อื่น"), authority=OFFICE)
    assert [plan.outcome for plan in rows_in(sqlite_register, report)] == ["new"]
    assert str(find(sqlite_register, "1/2567").license.premises[0].name) == "ร้านตัวอย่าง"
    assert find(sqlite_register, iri("1/2567", authority=OFFICE)).license.iri.authority == OFFICE


def test_white_space_around_a_number_is_no_content(sqlite_register: Register) -> None:
    send(sqlite_register, row("1/2567"))
    report = send(sqlite_register, row(" 1/2567 "), row("1/2567\u200b"))
    assert [plan.outcome for plan in rows_in(sqlite_register, report)] == ["unchanged", "repeated"]
