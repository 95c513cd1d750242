"""The sandbox issuer: for integrators and conformance suites to test against. What it signs proves nothing.

It has its own keys and DIDs (did:key, one for each cryptosuite), is no authority of the register, and is a stranger to every
verifier. It takes any well-formed credential of the data models 2.0 and 1.1. Off by default (REGISTRY_SANDBOX).
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from issuers.jose import secure_jwt
from issuers.keys import SEED_BYTES, Algorithm, algorithm_of, new_signer
from issuers.secure import secure_any, serialize
from issuers.signer import SoftwareSigner
from issuers.status import LIST_BITS, draft_status_list, secure_status_list
from registry.api.issue_request import JOSE, IssueRequest, RequestRefused
from registry.keyring import seal_secret, unseal_secret
from registry.register import Register
from registry.tables import SandboxKeyRow, SandboxListRow
from registry.tokens import NotPermitted, bearer_token
from verify.credential import read_unsecured
from verify.data_model import DataModel, data_model
from verify.document import Document
from verify.errors import CouldNotCheck, VerificationError
from verify.jose import enveloped
from vocab.resource import did_web
from vocab.terms import CRYPTOSUITE_EDDSA, LICENSE_CONTEXT_PATH, LICENSE_CREDENTIAL

STATUS_PURPOSE = "revocation"


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The open sandbox: a signer for each cryptosuite, and a token for clients that cannot do without one."""

    register: Register
    signers: Mapping[str, SoftwareSigner]
    token: str = field(repr=False)

    @property
    def dids(self) -> dict[str, str]:
        """The sandbox's DIDs by cryptosuite, the default one first."""
        return {suite: signer.did for suite, signer in self.signers.items()}

    def is_token(self, token: str | None) -> bool:
        """Whether `token` is the sandbox's own; it opens nothing that is not open without it."""
        return token is not None and hmac.compare_digest(token.encode(), self.token.encode())

    def issue(self, request: IssueRequest) -> bytes:
        """The secured credential, for a request as `registry.api.issue_request` read it.

        Whatever issuer it names is replaced by the sandbox, but for this register's own authorities: nobody must take a test
        for a licence, so what calls itself one is refused as well. A credential of 2.0 without a status gets a place in a
        list of the sandbox. Raises `RequestRefused`, `NotPermitted`.
        """
        if request.issuer.startswith(did_web(self.register.base, "")):
            raise NotPermitted(
                "the sandbox does not speak for an authority; with its own token, it issues at POST /credentials/issue "
                f"(got issuer {request.issuer[:200]!r})"
            )
        _require_no_license(request.credential)
        signer = self._signer(request)
        credential = _issued_by(request.credential, signer.did)
        try:
            read_unsecured(credential)
            if "credentialStatus" not in credential and data_model(credential) is DataModel.V2:
                credential = {**credential, "credentialStatus": self._entry(signer)}
            if request.format == JOSE:
                token = secure_jwt(credential, signer, created=self.register.now(), loader=self.register.loader)
                return serialize(enveloped(token))
            secured = secure_any(credential, signer, created=self.register.now(), loader=self.register.loader)
            return serialize(secured)
        except (VerificationError, CouldNotCheck) as error:
            raise RequestRefused(f"{error.code}: {error}") from error

    def _signer(self, request: IssueRequest) -> SoftwareSigner:
        if request.cryptosuite:
            if request.cryptosuite not in self.signers:
                raise RequestRefused(
                    f"options.cryptosuite is one of {', '.join(self.signers)} (got {request.cryptosuite[:80]!r})"
                )
            return self.signers[request.cryptosuite]
        named = (signer for signer in self.signers.values() if signer.did == request.issuer)
        return next(named, self.signers[CRYPTOSUITE_EDDSA])

    def _entry(self, signer: SoftwareSigner) -> Document:
        """A place in a list that nobody had before. It is used up even where the credential is refused after all."""
        with self.register.database.writing() as session:
            row = session.scalar(
                select(SandboxListRow)
                .where(SandboxListRow.cryptosuite == signer.cryptosuite)
                .order_by(SandboxListRow.number.desc())
                .limit(1)
                .with_for_update()
            )
            if row is None or row.next_index >= LIST_BITS:
                row = self._new_list(session, signer)
            url, index = _list_url(self.register, row.number), row.next_index
            row.next_index += 1
        return {
            "id": f"{url}#{index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": STATUS_PURPOSE,
            "statusListIndex": str(index),
            "statusListCredential": url,
        }

    def _new_list(self, session: Session, signer: SoftwareSigner) -> SandboxListRow:
        row = SandboxListRow(cryptosuite=signer.cryptosuite, next_index=0, body=b"")
        session.add(row)
        session.flush()
        now = self.register.now()
        bits = bytes(LIST_BITS // 8)
        unsecured = draft_status_list(
            _list_url(self.register, row.number), signer.did, STATUS_PURPOSE, bits, valid_from=now, valid_until=now
        )
        # The sandbox withdraws nothing, so its lists never change and are good for ever.
        del unsecured["validUntil"]
        row.body = secure_status_list(unsecured, signer, created=now, loader=self.register.loader)
        return row


def open_sandbox(register: Register) -> Sandbox:
    """The sandbox of `register`; its keys are made once and kept sealed. Raises `KeyUnsealFailed`, `SettingInvalid`."""
    try:
        return _open(register)
    except IntegrityError:
        # Another process made the keys at the same time: now they are there.
        return _open(register)


def sandbox_list_body(session: Session, number: int) -> bytes | None:
    """The signed status list of the sandbox, as it is served, or None."""
    row = session.get(SandboxListRow, number) if 0 < number < 2**31 else None
    return row.body if row is not None else None


def sandbox_name(public_multibase: str) -> str:
    """The name that a key of the sandbox is sealed under: its verification method."""
    return f"did:key:{public_multibase}#{public_multibase}"


def _open(register: Register) -> Sandbox:
    signers: dict[str, SoftwareSigner] = {}
    seeds: list[bytes] = []
    with register.database.writing() as session:
        rows = {algorithm_of(row.public_multibase): row for row in session.scalars(select(SandboxKeyRow))}
        for algorithm in (Algorithm.ED25519, Algorithm.P256):
            row = rows.get(algorithm)
            seed = (
                unseal_secret(register, row.sealed, sandbox_name(row.public_multibase))
                if row is not None
                else register.random_bytes(SEED_BYTES[algorithm])
            )
            public = new_signer("", seed, algorithm).public_multibase
            signer = new_signer(f"did:key:{public}", seed, algorithm)
            if row is None:
                session.add(
                    SandboxKeyRow(
                        cryptosuite=signer.cryptosuite,
                        public_multibase=public,
                        sealed=seal_secret(register, session, seed, sandbox_name(public)),
                        created_at=register.now(),
                    )
                )
            signers[signer.cryptosuite] = signer
            seeds.append(seed)
    secret = hmac.new(seeds[0], b"bearer token of the sandbox", hashlib.sha256).digest()
    return Sandbox(register, signers, bearer_token(secret))


def _require_no_license(credential: Document) -> None:
    """What calls itself a licence, by its type or by our context, is not signed for tests. Raises `NotPermitted`."""
    types, contexts = _listed(credential.get("type")), _listed(credential.get("@context"))
    if LICENSE_CREDENTIAL in types or any(str(each).endswith(LICENSE_CONTEXT_PATH) for each in contexts):
        raise NotPermitted(
            f"the sandbox signs nothing that calls itself a licence (got a type {LICENSE_CREDENTIAL} or a context that ends "
            f"in {LICENSE_CONTEXT_PATH}); an authority issues licences with its token at POST /credentials/issue"
        )


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _issued_by(credential: Document, did: str) -> Document:
    issuer = credential["issuer"]
    return {**credential, "issuer": {**issuer, "id": did} if isinstance(issuer, dict) else did}


def _list_url(register: Register, number: int) -> str:
    return f"{register.base}/sandbox/status/{number}"
