"""Bearer tokens (RFC 6750) by which an authority's own systems speak to this register.

A token is 256 random bits behind a prefix of ours, with a checksum, so that scanners of leaked secrets find it and nothing
else. It is shown once. What is stored is its SHA-256: a slow password hash protects secrets that people think up and
others can guess; nobody guesses 256 random bits, and a fast hash cannot be used to keep the server busy.
"""

import hashlib
import hmac
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.register import Register
from registry.tables import AccessTokenRow, AuthorityRow

PREFIX = "licreg_"
MAX_LABEL = 200
MAX_LIFE = timedelta(days=731)
"""A token that nobody has renewed for two years belongs to a system that nobody looks after."""

_TOKEN = re.compile(rf"{PREFIX}(?P<secret>[0-9a-f]{{64}})(?P<checksum>[0-9a-f]{{8}})", re.ASCII)
_HEADER = re.compile(r"(?i:bearer) +(?P<token>[A-Za-z0-9._~+/-]+=*) *", re.ASCII)

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,19}", re.ASCII)
"""The name of an authentication scheme, such as Bearer or Basic; a token that stands there alone is longer."""


class TokenScope(StrEnum):
    """What a token allows its bearer to do: ask for credentials (VC API), publish licences and lists, record decisions,
    read and close reports of false signs."""

    ISSUE = "issue"
    PUBLISH = "publish"
    ACT = "act"
    REPORT = "report"


class NotAuthenticated(PermissionError):
    """Nothing says who is asking, or it does not hold (any more). Answered with 401; the token is never repeated."""

    def __init__(self, message: str, *, presented: bool = True) -> None:
        super().__init__(message)
        # RFC 6750, 3.1: a request without a token gets no error code.
        self.headers = {
            "WWW-Authenticate": 'Bearer realm="license-registry"' + (', error="invalid_token"' if presented else "")
        }


class NotPermitted(PermissionError):
    """It is known who is asking, and it is not theirs to ask for this. Answered with 403."""

    def __init__(self, message: str, *, scope: TokenScope | None = None) -> None:
        super().__init__(message)
        self.headers = (
            {"WWW-Authenticate": f'Bearer realm="license-registry", error="insufficient_scope", scope="{scope}"'}
            if scope
            else {}
        )


class NoSuchToken(LookupError):
    """There is no token with this number."""


class TokenRefused(ValueError):
    """A token cannot be made as it was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """What the register remembers of a token: everything but the token."""

    id: int
    authority: str
    label: str
    scopes: frozenset[TokenScope]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None

    def state(self, at: datetime) -> str:
        """`valid`, `expired` or `revoked` at the instant `at`."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if at >= self.expires_at else "valid"

    def require(self, scope: TokenScope) -> None:
        """Raises `NotPermitted` unless the token has `scope`."""
        if scope not in self.scopes:
            raise NotPermitted(
                f"this token of {self.authority} is not for this (got scope {' '.join(sorted(self.scopes))}, expected {scope})",
                scope=scope,
            )


def bearer_token(secret: bytes) -> str:
    """The token that carries `secret` (32 bytes): `licreg_`, the secret and its CRC-32 in hexadecimal digits."""
    return f"{PREFIX}{secret.hex()}{zlib.crc32(PREFIX.encode() + secret.hex().encode()):08x}"


def is_bearer_token(text: str) -> bool:
    """Whether `text` can be one of our tokens: form and checksum. It is what a scanner for leaked secrets asks."""
    match = _TOKEN.fullmatch(text)
    return match is not None and hmac.compare_digest(bearer_token(bytes.fromhex(match["secret"])), text)


def new_token(
    register: Register, authority: str, scopes: Iterable[TokenScope], expires_at: datetime, label: str = ""
) -> tuple[AccessToken, str]:
    """Makes a token for an authority. Returns what is remembered of it, and the token itself, which is nowhere else.

    Raises `TokenRefused`, `registry.grantors.NoSuchAuthority`.
    """
    now, granted = register.now(), frozenset(scopes)
    if not granted:
        raise TokenRefused("a token without a scope allows nothing: give it at least one")
    if not now < expires_at <= now + MAX_LIFE:
        raise TokenRefused(
            f"a token expires after today and within {MAX_LIFE.days} days (got {expires_at.isoformat()}, now {now.isoformat()})"
        )
    if len(label) > MAX_LABEL or not label.isprintable():
        raise TokenRefused(f"a label has at most {MAX_LABEL} printable characters")
    token = bearer_token(register.random_bytes(32))
    with register.database.writing() as session:
        row = AccessTokenRow(
            authority_id=register.store(session).authority_id(authority),
            label=label,
            digest=_digest(token),
            scopes=" ".join(sorted(granted)),
            created_at=now,
            expires_at=expires_at,
            revoked_at=None,
        )
        session.add(row)
        session.flush()
        return _read(row, authority), token


def access_tokens(register: Register, authority: str = "") -> list[AccessToken]:
    """All tokens (of `authority`, if given), oldest first; expired and revoked ones too.

    Raises `registry.grantors.NoSuchAuthority`.
    """
    query = select(AccessTokenRow, AuthorityRow.code).join(AuthorityRow, AuthorityRow.id == AccessTokenRow.authority_id)
    if authority:
        query = query.where(AuthorityRow.code == authority)
    with register.database.reading() as session:
        if authority:
            register.store(session).authority_id(authority)
        return [_read(row, code) for row, code in session.execute(query.order_by(AccessTokenRow.id))]


def revoke_token(register: Register, token_id: int) -> AccessToken:
    """Makes a token worthless from now on; one that was revoked stays as it is. Raises `NoSuchToken`."""
    with register.database.writing() as session:
        row = session.get(AccessTokenRow, token_id) if 0 < token_id < 2**31 else None
        if row is None:
            raise NoSuchToken(f"there is no token {token_id}; `license-registry token list` lists them")
        if row.revoked_at is None:
            row.revoked_at = register.now()
        return _read(row, session.get_one(AuthorityRow, row.authority_id).code)


def presented_token(authorization: str | None) -> str | None:
    """The token in an `Authorization` header; None where there is no header. Raises `NotAuthenticated` for another kind."""
    if authorization is None:
        return None
    match = _HEADER.fullmatch(authorization)
    if match is None:
        raise NotAuthenticated(f"the Authorization header is `Bearer` and a token (got {_shown(authorization)})")
    return match["token"]


def _shown(authorization: str) -> str:
    """What was read: the scheme, and of what stands behind it only the length, since it may be a password."""
    scheme, _, rest = authorization.partition(" ")
    if not rest.strip():
        return f"{scheme} alone" if scheme.lower() == "bearer" else f"{len(scheme)} characters without a scheme"
    name = scheme if _SCHEME.fullmatch(scheme) else "no name of a scheme"
    return f"{name} and {len(rest.strip())} characters that are not one token"


def authenticate(register: Register, session: Session, token: str | None) -> AccessToken:
    """The token as the register knows it: the caller is its authority, whatever else the request says.

    Raises `NotAuthenticated`.
    """
    if token is None:
        raise NotAuthenticated("this needs a token: send `Authorization: Bearer ...`", presented=False)
    if not is_bearer_token(token):
        raise NotAuthenticated("this is no token of a license registry: a character was lost or added")
    # The index is asked for a hash, not for the token: what its timing tells of hashes helps nobody to make a token.
    digest = _digest(token)
    found = session.execute(
        select(AccessTokenRow, AuthorityRow.code)
        .join(AuthorityRow, AuthorityRow.id == AccessTokenRow.authority_id)
        .where(AccessTokenRow.digest == digest)
    ).one_or_none()
    if found is None or not hmac.compare_digest(found[0].digest, digest):
        raise NotAuthenticated("this register does not know the token")
    known = _read(found[0], found[1])
    match known.state(register.now()):
        case "valid":
            return known
        case "expired":
            raise NotAuthenticated(f"the token expired at {known.expires_at.isoformat()}")
        case _:
            raise NotAuthenticated("the token was revoked")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _read(row: AccessTokenRow, authority: str) -> AccessToken:
    return AccessToken(
        id=row.id,
        authority=authority,
        label=row.label,
        scopes=frozenset(TokenScope(scope) for scope in row.scopes.split()),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
