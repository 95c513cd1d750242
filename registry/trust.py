"""The register as a verifier's source of trust, and the same as a file for those without a network."""

import json
import re
from collections.abc import Mapping
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from issuers.keys import KeyPurpose
from issuers.secure import serialize
from registry.issuing import LIST_VALIDITY
from registry.keyring import published_document
from registry.register import Register
from registry.sandbox import sandbox_list_body
from registry.tables import AuthorityRow, SigningKeyRow, StatusListRow
from verify.compact import key_id
from verify.controlled_identifier import VerificationKey, parse_did_document
from verify.document import Document, parse_document
from verify.errors import StatusUnavailable, UnknownIssuer
from verify.multikey import decode_public_key
from verify.resolver import Resolver
from verify.status import StatusList
from verify.trust import Issuer, trust_document
from vocab.authority import LicensingAuthority
from vocab.resource import authority_iri, credential_iri, did_web, license_type_iri, status_list_iri

_STATUS_LIST = re.compile(r"status/(?P<authority>[a-z0-9-]+)/(?P<purpose>[a-z]+)/(?P<number>[1-9]\d{0,8})", re.ASCII)
_SANDBOX_LIST = re.compile(r"sandbox/status/(?P<number>[1-9]\d{0,8})", re.ASCII)
MAX_FETCHES = 6
MAX_SECONDS = 6.0
"""For one answer, all of whose documents come from strangers' hosts: each may take its time, and a worker waits for all."""


class RegisterTrust:
    """`verify.trust.Trust`, answered by the register itself in the transaction of `session`; strangers by `resolver`."""

    live = True

    def __init__(self, register: Register, session: Session, resolver: Resolver | None = None) -> None:
        self._resolver = (resolver or Resolver()).limited(MAX_FETCHES, MAX_SECONDS)
        self._register = register
        self._session = session
        self._store = register.store(session)
        self.bases = frozenset({register.base})
        self.as_of: datetime = register.now()

    def issuer(self, did: str) -> Issuer:
        return self._store.known.once(("issuer", did), lambda: self._issuer(did))

    def _issuer(self, did: str) -> Issuer:
        authority = self._store.authority(did.rpartition(":")[2])
        if authority is None or did_web(self._register.base, authority.code) != did:
            raise UnknownIssuer(f"issuer is none of the authorities of {self._register.base} (got {did[:120]})")
        return issuer_of(self._register, self._session, authority)

    def code_key(self, key_id: bytes) -> tuple[Issuer, VerificationKey]:
        found = self._store.known.once("code keys", lambda: code_keys(self._session)).get(key_id)
        if found is None:
            raise UnknownIssuer(f"no authority of {self._register.base} has the key of this code ({key_id.hex()})")
        authority, public = found
        issuer = self.issuer(did_web(self._register.base, authority))
        return issuer, issuer.keys[f"{issuer.did}#{public}"]

    def stranger(self, did: str, at: datetime) -> Mapping[str, VerificationKey]:
        if did.startswith(did_web(self._register.base, "")):
            # Our own host: what is not in the register does not exist, and we do not ask ourselves over the network.
            raise UnknownIssuer(f"issuer is none of the authorities of {self._register.base} (got {did[:120]})")
        return self._resolver.keys(did, at)

    def status_list(self, url: str, at: datetime) -> bytes:
        own = f"{self._register.base}/"
        if not url.startswith(own):
            return self._resolver.status_list(url, at)
        body = self._store.known.once(("list", url), lambda: self._own_list(url.removeprefix(own)))
        if body is None:
            raise StatusUnavailable(f"this register has no status list {url[:200]}")
        return body

    def known_list(self, url: str, at: datetime) -> StatusList | None:
        return None

    def may_be_issued(self, check_id: str) -> bool:
        return True

    def _own_list(self, path: str) -> bytes | None:
        # Only the spelling that `status_list_iri` makes: `๑` and `01` are other addresses.
        if match := _STATUS_LIST.fullmatch(path):
            return status_list_body(self._session, match["authority"], match["purpose"], int(match["number"]))
        if match := _SANDBOX_LIST.fullmatch(path):
            return sandbox_list_body(self._session, int(match["number"]))
        return None

    def recorded_before(self, document: Document, instant: datetime) -> bool:
        # The record is append-only, and what it has is the bytes as they were signed, when they were.
        mine = credential_iri(self._register.base, "")
        row = self._store.credential_by_id(str(document.get("id")).removeprefix(mine))
        return row is not None and row.issued_at < instant and _same(parse_document(row.body), document)


def _same(one: Document, other: Document) -> bool:
    """Whether two documents say the same; the order of members says nothing. As text: `True == 1` in Python."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def issuer_of(register: Register, session: Session, authority: LicensingAuthority) -> Issuer:
    """An authority as verifiers see it: its keys, and what it may grant."""
    did = did_web(register.base, authority.code)
    mandates = register.store(session).mandates(authority=authority.code)
    return Issuer(
        did=did,
        name=authority.name,
        authority=authority_iri(register.base, authority.code),
        may_grant=frozenset(license_type_iri(register.base, mandate.type) for mandate in mandates),
        keys=parse_did_document(published_document(register, session, authority.code), did),
        uses=_key_uses(session, authority.code, did),
    )


def _key_uses(session: Session, authority_code: str, did: str) -> Mapping[str, str]:
    """What each key of the authority signs, and nothing else (design: credentials, "Keys")."""
    rows = session.execute(
        select(SigningKeyRow.public_multibase, SigningKeyRow.purpose)
        .join(AuthorityRow, AuthorityRow.id == SigningKeyRow.authority_id)
        .where(AuthorityRow.code == authority_code)
    )
    return {f"{did}#{multikey}": purpose for multikey, purpose in rows}


def code_keys(session: Session) -> Mapping[bytes, tuple[str, str]]:
    """By how codes name it: whose key it is, and its public half, for each key that ever signed codes."""
    rows = session.execute(
        select(SigningKeyRow.public_multibase, AuthorityRow.code)
        .join(AuthorityRow, AuthorityRow.id == SigningKeyRow.authority_id)
        .where(SigningKeyRow.purpose == KeyPurpose.QR.value)
    )
    keys = ((public, code, decode_public_key(public)) for public, code in rows)
    return {
        key_id(key.public_bytes_raw()): (code, public)
        for public, code, key in keys
        if isinstance(key, Ed25519PublicKey)
    }


def status_list_body(session: Session, authority: str, purpose: str, number: int) -> bytes | None:
    """The signed status list, as it is served, or None."""
    return session.scalar(
        select(StatusListRow.body)
        .join(AuthorityRow, AuthorityRow.id == StatusListRow.authority_id)
        .where(AuthorityRow.code == authority, StatusListRow.purpose == purpose, StatusListRow.number == number)
    )


def trust_file(register: Register) -> bytes:
    """The bytes of `/trust.json`: all authorities with their keys and mandates, and all status lists as of now."""
    # Before anything is read: what changes meanwhile is newer than the file says it is.
    now = register.now()
    with register.database.reading() as session:
        store = register.store(session)
        issuers = [
            (issuer_of(register, session, authority), published_document(register, session, authority.code))
            for authority in store.authorities()
        ]
        rows = session.execute(
            select(
                AuthorityRow.code,
                StatusListRow.purpose,
                StatusListRow.number,
                StatusListRow.body,
                StatusListRow.valid_until,
            )
            .join(AuthorityRow, AuthorityRow.id == StatusListRow.authority_id)
            .order_by(StatusListRow.id)
        ).all()
        expires = min((row.valid_until for row in rows), default=now + LIST_VALIDITY)
        lists = {status_list_iri(register.base, code, purpose, number): body for code, purpose, number, body, _ in rows}
        return serialize(trust_document(register.base, now, expires, issuers, lists))
