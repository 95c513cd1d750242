"""How much one token, and one address without a good one, may ask."""

from pathlib import Path

import pytest
from limits.errors import StorageError
from limits.strategies import FixedWindowRateLimiter

from registry.app import create_app
from registry.config import SettingInvalid, Settings
from registry.register import Register
from registry.web.counts import SharedCounts
from registry.web.limits import token_limits_of
from tests.registry.office import problem
from tests.registry.pushing import LICENSE, PATH, System
from tests.registry.small import DEPARTMENT, TOWN


def system_with(register: Register, home: Path, limit: str, authority: str = TOWN) -> System:
    settings = Settings.from_environ({"REGISTRY_HOME": str(home), "REGISTRY_RATE_LIMIT": limit})
    return System(create_app(settings, register).test_client(), register, authority)


def test_a_quota_is_told_and_ends(sqlite_register: Register, tmp_path: Path) -> None:
    system = system_with(sqlite_register, tmp_path, "2/hour")
    for remaining in (1, 0):
        answer = system.put(LICENSE)
        assert answer.status_code < 300
        assert answer.headers["RateLimit-Policy"] == '"default";q=2;w=3600'
        left, reset = answer.headers["RateLimit"].removeprefix('"default";r=').split(";t=")
        assert int(left) == remaining
        assert 3_500 < int(reset) <= 3_600
        assert "Retry-After" not in answer.headers
    refused = system.put(LICENSE)
    told = problem(refused, 429, "too-many-requests")
    assert told["violated-policies"] == ["default"]
    assert refused.headers["RateLimit"].startswith('"default";r=0;t=')
    assert 3_500 < int(refused.headers["Retry-After"]) <= 3_600
    # Reading goes on, and so do others.
    assert system.get().status_code == 200
    other = System(system.client, sqlite_register, DEPARTMENT)
    assert other.put(LICENSE).status_code == 403


def test_a_request_that_is_refused_counts_too(sqlite_register: Register, tmp_path: Path) -> None:
    system = system_with(sqlite_register, tmp_path, "2/hour", DEPARTMENT)
    assert [system.put(LICENSE).status_code for _ in range(3)] == [403, 403, 429]


def test_who_tries_tokens_is_slowed_down_and_keeps_nobody_out(sqlite_register: Register, tmp_path: Path) -> None:
    system = system_with(sqlite_register, tmp_path, "2/hour")
    guess = {"Authorization": "Bearer licreg_" + "0" * 72}
    tried = [system.client.put(PATH, headers=guess) for _ in range(3)]
    assert [answer.status_code for answer in tried] == [401, 401, 429]
    assert "Retry-After" in tried[-1].headers
    assert system.client.get("/api/v1/batches").status_code == 429
    # Behind the same address, with a good token.
    assert system.put(LICENSE).status_code == 201


def test_where_nothing_can_be_counted_everything_passes(
    sqlite_register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*arguments: object, **options: object) -> bool:
        raise StorageError(OSError("no store"))

    monkeypatch.setattr(FixedWindowRateLimiter, "hit", gone)
    answer = system_with(sqlite_register, tmp_path, "1/hour").put(LICENSE)
    assert answer.status_code == 201
    assert "RateLimit" not in answer.headers


@pytest.mark.parametrize("limit", ["many", "0/minute", "-1/minute", "5/fortnight", "5/minute; 9/hour"])
def test_a_limit_that_cannot_be_read_is_named(limit: str) -> None:
    with pytest.raises(SettingInvalid, match="REGISTRY_RATE_LIMIT"):
        token_limits_of(Settings.from_environ({"REGISTRY_RATE_LIMIT": limit}), SharedCounts())


def test_a_store_that_cannot_be_used_is_named_and_its_password_is_not() -> None:
    with pytest.raises(SettingInvalid, match="REGISTRY_RATE_LIMIT_STORE") as caught:
        token_limits_of(
            Settings.from_environ({"REGISTRY_RATE_LIMIT_STORE": "bogus://user:secret@host"}), SharedCounts()
        )
    assert "secret" not in str(caught.value)
