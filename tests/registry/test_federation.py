"""Federation: an agency's own register is harvested over loopback, by its real server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.register import Register
from tests.registry.federating import Agency, Here, agency, rows
from tests.registry.small import Clock, status
from vocab.history import ActKind


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Agency]:
    with agency(tmp_path / "agency") as made:
        yield made


@pytest.fixture
def here(register: Register, clock: Clock) -> Here:
    return Here(register, clock)


def test_a_register_is_harvested_and_followed(town: Agency, here: Here) -> None:
    town.send(*rows(1, 2, 3))
    town.act("3/2567", ActKind.SUSPEND)
    origin = here.add(town)
    done = here.follow(origin)
    assert (done.outcome.code, done.counts) == ("published", {"proven": 3}), done
    original = here.find("1/2567").original
    assert original is not None
    assert original.iri == f"{town.base}/id/lic/lao-06480115/food-premises/1~2F2567"
    assert (original.reason, here.find("1/2567").record_status) == ("", "published")
    assert [status(here.register, f"{number}/2567") for number in (1, 3)] == ["active", "suspended"]
    assert here.follow(origin).outcome.code == "unchanged"
    town.act("1/2567", ActKind.REVOKE)
    town.act("3/2567", ActKind.REINSTATE)
    town.send(*rows(4))
    assert here.follow(origin).outcome.code == "published"
    assert [status(here.register, f"{number}/2567") for number in (1, 3, 4)] == ["revoked", "active", "active"]
