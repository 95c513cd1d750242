"""Signing credentials of one authority and type: here, or in a worker process. Nothing of it touches the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from issuers.compact import draft_compact, require_sealed, sealed_code
from issuers.licenses import LicenseSigner
from issuers.secure import require_signed, require_verifiable
from issuers.signer import Signer, SoftwareSigner
from issuers.status import PURPOSES
from verify.credential import StatusEntry
from vocab.authority import LicenseType
from vocab.contexts import document_loader
from vocab.disclosure import disclosed
from vocab.graph import Grantor
from vocab.license import License
from vocab.resource import status_list_iri

THOROUGH, WHOLE = 5_000, 100
"""The first credential that a process signs for a batch, and then one in so many, is checked by the full JSON-LD processor; one
in so many is read as a verifier reads it, to the last member. Of each the canonical form is made anew and the signature tried."""


class SigningJob(NamedTuple):
    """One credential to sign: its id, its place in the status lists, and what the address of the licence's code ends in."""

    license: License
    check_id: str
    credential_id: str
    list_number: int
    list_index: int


class Signed(NamedTuple):
    """A credential, and what the licence's QR code holds beside its address (empty where there is no room)."""

    body: bytes
    code: bytes


class CredentialSigning:
    """Signs credentials with one key, and their codes with another, at one instant. `can_travel`: it may be handed to another
    process, which a key in hardware cannot."""

    def __init__(
        self, grantor: Grantor, signer: Signer, code_signer: Signer, *, is_demo: bool, created: datetime
    ) -> None:
        self._arguments = (grantor, signer, code_signer, is_demo, created)
        self._code_signer = code_signer
        self._grantor = grantor
        self._signer = signer
        self._created = created
        self._loader = document_loader(frozenset({grantor.base}))
        self._license_signer = LicenseSigner(self._loader, is_demo=is_demo)
        self._lists: dict[tuple[str, int], str] = {}
        self._signed = 0

    @property
    def license_type(self) -> LicenseType:
        return self._grantor.license_type

    @property
    def can_travel(self) -> bool:
        return isinstance(self._signer, SoftwareSigner) and isinstance(self._code_signer, SoftwareSigner)

    def sign(self, jobs: Sequence[SigningJob]) -> list[Signed]:
        """The signed credential and code of each, verified before they leave. Raises `VerificationError`,
        `SigningUnavailable`."""
        found = [self._sign(job, n) for n, job in enumerate(jobs, self._signed)]
        self._signed += len(jobs)
        return found

    def _sign(self, job: SigningJob, n: int) -> Signed:
        entries = [
            StatusEntry(purpose=purpose, index=job.list_index, list_url=self._list(purpose, job.list_number))
            for purpose in PURPOSES
        ]
        public = disclosed(job.license, self._grantor.license_type)
        body = self._license_signer.sign(
            public,
            self._grantor,
            self._signer,
            credential_id=job.credential_id,
            status=entries,
            created=self._created,
        )
        if n % WHOLE == 0:
            require_verifiable(body, self._signer.verification_method, self._loader, thorough=n % THOROUGH == 0)
        else:
            require_signed(body, self._signer.verification_method, self._loader)
        return Signed(body, self._code(job, public, whole=n % WHOLE == 0))

    def _code(self, job: SigningJob, public: License, *, whole: bool) -> bytes:
        said = draft_compact(public, status=(job.list_number, job.list_index), made=self._created)
        code = sealed_code(said, self._grantor.base, job.check_id, self._code_signer)
        if code:
            require_sealed(code, self._grantor.base, job.check_id, self._code_signer, whole=whole)
        return code

    def _list(self, purpose: str, number: int) -> str:
        found = self._lists.get((purpose, number))
        if found is None:
            found = status_list_iri(self._grantor.base, self._grantor.authority.code, purpose, number)
            self._lists[purpose, number] = found
        return found

    def __reduce__(self) -> tuple[Any, ...]:
        return _made, self._arguments


def _made(grantor: Grantor, signer: Signer, code_signer: Signer, is_demo: bool, created: datetime) -> CredentialSigning:
    return CredentialSigning(grantor, signer, code_signer, is_demo=is_demo, created=created)
