"""Bearer tokens: what they look like, what is kept of them, and when they hold."""

import logging
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from registry.grantors import NoSuchAuthority
from registry.register import Register
from registry.tables import AccessTokenRow
from registry.tokens import (
    MAX_LIFE,
    AccessToken,
    NoSuchToken,
    NotAuthenticated,
    NotPermitted,
    TokenRefused,
    TokenScope,
    access_tokens,
    authenticate,
    bearer_token,
    is_bearer_token,
    new_token,
    presented_token,
    revoke_token,
)
from tests.registry.small import DEPARTMENT, NOON, TOWN, Clock

ISSUE = frozenset({TokenScope.ISSUE})


def make(register: Register, authority: str = TOWN, days: float = 30) -> tuple[AccessToken, str]:
    return new_token(register, authority, ISSUE, register.now() + timedelta(days=days), "the office's own system")


def bearer(register: Register, token: str | None) -> AccessToken:
    with register.database.reading() as session:
        return authenticate(register, session, token)


def test_a_token_is_its_authority(register: Register) -> None:
    (_, town), (made, department) = make(register), make(register, DEPARTMENT)
    assert town != department
    found = bearer(register, department)
    assert found == made
    assert (found.authority, found.scopes) == (DEPARTMENT, ISSUE)
    assert bearer(register, town).authority == TOWN


def test_scanners_can_find_a_leaked_token(sqlite_register: Register) -> None:
    _, token = make(sqlite_register)
    assert re.fullmatch(r"licreg_[0-9a-f]{72}", token)
    assert is_bearer_token(token)
    # The checksum keeps them from reporting what only looks like one.
    for at in range(len(token)):
        other = token[:at] + ("0" if token[at] != "0" else "1") + token[at + 1 :]
        assert not is_bearer_token(other)
    assert not is_bearer_token(token.upper())
    assert not is_bearer_token(token + "\n")
    assert bearer_token(bytes(32)).startswith("licreg_" + "00" * 32)


def test_only_the_hash_is_kept(sqlite_register: Register, tmp_path: Path) -> None:
    made, token = make(sqlite_register)
    with sqlite_register.database.reading() as session:
        row = session.scalars(select(AccessTokenRow)).one()
        assert len(row.digest) == 64
        assert row.digest not in token
    secret = token.removeprefix("licreg_")[:64]
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("registry.db*"))
    assert row.digest.encode() in stored
    for form in (token.encode(), secret.encode(), bytes.fromhex(secret)):
        assert form not in stored
    assert secret not in repr(made)


def test_a_token_expires_and_can_be_revoked(register: Register, clock: Clock) -> None:
    made, token = make(register, days=30)
    clock.now = NOON + timedelta(days=30, seconds=-1)
    assert bearer(register, token).state(clock.now) == "valid"
    clock.now = NOON + timedelta(days=30)
    with pytest.raises(NotAuthenticated, match="expired"):
        bearer(register, token)
    assert [item.state(clock.now) for item in access_tokens(register)] == ["expired"]
    clock.now = NOON
    first = revoke_token(register, made.id)
    clock.pass_by(hours=1)
    assert revoke_token(register, made.id) == first, "the instant of revocation does not move"
    with pytest.raises(NotAuthenticated, match="revoked"):
        bearer(register, token)
    assert [item.state(clock.now) for item in access_tokens(register, TOWN)] == ["revoked"]
    assert access_tokens(register, DEPARTMENT) == []
    with pytest.raises(NoSuchAuthority):
        access_tokens(register, "x-nobody")


@pytest.mark.parametrize("token", ["", "secret", "licreg_", bearer_token(bytes(32)), bearer_token(bytes(32))[:-1]])
def test_what_is_no_token_of_ours_is_refused(sqlite_register: Register, token: str) -> None:
    make(sqlite_register)
    with pytest.raises(NotAuthenticated) as refused:
        bearer(sqlite_register, token)
    assert refused.value.headers["WWW-Authenticate"] == 'Bearer realm="license-registry", error="invalid_token"'
    assert not token or token not in str(refused.value)


def test_without_a_token_the_answer_says_what_is_needed(sqlite_register: Register) -> None:
    with pytest.raises(NotAuthenticated) as refused:
        bearer(sqlite_register, presented_token(None))
    assert refused.value.headers["WWW-Authenticate"] == 'Bearer realm="license-registry"'


@pytest.mark.parametrize(
    ("header", "token"), [("Bearer abc", "abc"), ("bearer abc", "abc"), ("Bearer  a.b-c_d~e+f/g== ", "a.b-c_d~e+f/g==")]
)
def test_the_header_is_read_as_rfc_6750_has_it(header: str, token: str) -> None:
    assert presented_token(header) == token


@pytest.mark.parametrize("header", ["", "Bearer", "Basic dXNlcjpwYXNz", "abc", "Bearer a b", "Bearer abc, Bearer def"])
def test_another_header_is_refused(header: str) -> None:
    with pytest.raises(NotAuthenticated):
        presented_token(header)


def test_a_scope_that_a_token_does_not_have(sqlite_register: Register) -> None:
    made, _ = make(sqlite_register)
    made.require(TokenScope.ISSUE)
    without = AccessToken(
        id=9,
        authority=TOWN,
        label="",
        scopes=frozenset(),
        created_at=NOON,
        expires_at=NOON,
        revoked_at=None,
    )
    with pytest.raises(NotPermitted) as refused:
        without.require(TokenScope.ISSUE)
    assert 'error="insufficient_scope", scope="issue"' in refused.value.headers["WWW-Authenticate"]


def test_a_token_that_would_not_do_is_not_made(sqlite_register: Register) -> None:
    soon = sqlite_register.now() + timedelta(days=1)
    with pytest.raises(TokenRefused, match="scope"):
        new_token(sqlite_register, TOWN, [], soon)
    for days in (0, -1, MAX_LIFE.days + 1):
        with pytest.raises(TokenRefused, match="expires"):
            make(sqlite_register, days=days)
    with pytest.raises(TokenRefused, match="label"):
        new_token(sqlite_register, TOWN, ISSUE, soon, "a\nb")
    with pytest.raises(NoSuchAuthority):
        make(sqlite_register, "x-nobody")
    for number in (0, -1, 1, 2**40):
        with pytest.raises(NoSuchToken):
            revoke_token(sqlite_register, number)
    assert access_tokens(sqlite_register) == []


def test_nothing_is_logged_of_a_token(sqlite_register: Register, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    made, token = make(sqlite_register)
    bearer(sqlite_register, token)
    revoke_token(sqlite_register, made.id)
    with pytest.raises(NotAuthenticated):
        bearer(sqlite_register, token)
    assert token.removeprefix("licreg_") not in caplog.text


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
def test_the_name_of_the_scheme_may_be_in_any_case(scheme: str) -> None:
    assert presented_token(f"{scheme} abc") == "abc"


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("Basic dXNlcjpwYXNzd29yZA==", "got Basic and 20 characters"),
        ("Bearer", "got Bearer alone"),
        ("Bearer two words", "got Bearer and 9 characters"),
        ("licreg_" + "0" * 72, "got 79 characters without a scheme"),
    ],
)
def test_another_header_is_refused_with_what_was_read_but_no_secret(header: str, said: str) -> None:
    with pytest.raises(NotAuthenticated, match=re.escape(said)) as refused:
        presented_token(header)
    secret = header.rpartition(" ")[2]
    assert secret == "Bearer" or secret not in str(refused.value)


def test_a_token_is_for_its_scopes(sqlite_register: Register) -> None:
    scopes = [TokenScope.PUBLISH, TokenScope.ACT]
    _, token = new_token(sqlite_register, TOWN, scopes, sqlite_register.now() + timedelta(days=1))
    known = bearer(sqlite_register, token)
    assert known.scopes == frozenset(scopes)
    for scope in scopes:
        known.require(scope)
    with pytest.raises(NotPermitted, match="got scope act publish, expected issue"):
        known.require(TokenScope.ISSUE)
    # One that was made before there were others.
    _, old = make(sqlite_register)
    with pytest.raises(NotPermitted, match="expected publish"):
        bearer(sqlite_register, old).require(TokenScope.PUBLISH)
