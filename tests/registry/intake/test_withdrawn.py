"""What was taken back is public nowhere: nothing is like it, renews it, takes its place or is decided of it."""

import pytest
from flask.testing import FlaskClient

from registry.intake.batch import Holds
from registry.intake.undo import undo_batch
from registry.register import Register
from registry.services import LicenseWithdrawn
from registry.tokens import TokenScope
from tests.registry.intake.lists import counted, issue
from tests.registry.office import problem
from tests.registry.public import check_agreement
from tests.registry.pushing import LICENSE, System
from tests.registry.small import TOWN, act, bit, credentials, find, iri, row, rows_in, status, table_sizes
from vocab.history import ActKind


def take_back(register: Register, *numbers: str) -> None:
    undo_batch(register, issue(register, *map(row, numbers), holds=Holds.PART).batch)


def test_no_number_is_like_it(register: Register) -> None:
    take_back(register, "1-2567", "2-2567")
    # Nothing needs to be accepted, and nothing is said.
    report = issue(register, row("1/2567"), row("2/2567", premises="อีกแห่ง"), accept=())
    assert (report.state, report.suspicions) == ("published", {})
    assert [view.findings for view in rows_in(register, report)] == [(), ()]
    like = issue(register, row("1 / 2567"), holds=Holds.PART)
    (view,) = rows_in(register, like)
    (finding,) = [finding for finding in view.findings if finding.code == "number-similar"]
    assert finding.details == {"other": "1/2567"}


def test_no_request_hears_that_it_is_like_it(client: FlaskClient, register: Register) -> None:
    take_back(register, "12-2567")
    answer = System(client, register).put(LICENSE)
    assert (answer.status_code, answer.get_json()["findings"]) == (201, [])


def test_it_does_not_take_the_place_of_another(register: Register) -> None:
    issue(register, row("1/2567"))
    take_back(register, "9/2567")
    sizes = table_sizes(register)
    with pytest.raises(LicenseWithdrawn, match="9~2F2567 is not public any more"):
        act(register, "1/2567", ActKind.RENEW, successor=iri("9/2567"))
    assert table_sizes(register) == sizes
    assert status(register, "1/2567") == "active"
    (credential,) = credentials(register, "1/2567")
    assert not bit(register, credential, "revocation")


@pytest.mark.parametrize("named", [{"license": str(iri("12/2567"))}, {"type": "food-premises", "number": "12/2567"}])
def test_no_request_decides_of_it(client: FlaskClient, register: Register, named: dict[str, str]) -> None:
    take_back(register, "12/2567")
    system = System(client, register, TOWN, TokenScope.ACT, TokenScope.PUBLISH)
    decision = {**named, "kind": "suspend", "on": "2026-11-21", "order": "1/2569", "reason": "ทดสอบ"}
    sizes = table_sizes(register)
    assert "publish it again" in problem(system.record(decision), 409, "license-withdrawn")["detail"]
    assert table_sizes(register) == sizes
    assert system.put(LICENSE).status_code in {200, 201}
    assert system.record(decision).status_code == 201
    check_agreement(register)


def test_no_row_renews_it(register: Register) -> None:
    take_back(register, "1/2566")
    report = issue(register, row("1/2567", renews="1/2566"))
    (view,) = rows_in(register, report)
    assert [finding.code for finding in view.findings] == ["renewed-unknown"]
    assert find(register, "1/2567").newest.renews is None
    # In the same file it is published again, and may be renewed.
    report = issue(register, row("1/2566"), row("1/2567", renews="1/2566"))
    assert counted(report) == {"new": 1, "changed": 1}
    assert find(register, "1/2567").newest.renews == iri("1/2566")
    check_agreement(register)


def test_no_request_renews_it(client: FlaskClient, register: Register) -> None:
    take_back(register, "1/2566")
    system = System(client, register)
    renewing = {**LICENSE, "renews": "1/2566"}
    assert "1/2566, is not in the register" in problem(system.put(renewing), 409, "not-issued")["detail"]
    issue(register, row("1/2566"), holds=Holds.PART)
    assert system.put(renewing).status_code == 201
    assert find(register, "12/2567").newest.renews == iri("1/2566")
