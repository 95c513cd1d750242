"""Licences to signed credentials, many of them: what they have in common is made once."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import orjson

from issuers.draft import draft_credential
from issuers.secure import proof_options, sign
from issuers.signer import Signer
from issuers.template import Templates
from verify.canonical import canonical_nquads
from verify.credential import StatusEntry
from verify.multikey import multibase58
from vocab.contexts import DocumentLoader
from vocab.graph import Grantor
from vocab.license import License
from vocab.terms import CREDENTIALS_V2, license_context

MAX_OPTIONS = 64


class LicenseSigner:
    """Signs licences of one register. `is_demo` marks them as made up."""

    def __init__(self, loader: DocumentLoader, *, is_demo: bool = False) -> None:
        self._loader = loader
        self._is_demo = is_demo
        self._templates = Templates()
        self._options: dict[tuple[str, str, datetime], tuple[bytes, bytes]] = {}

    def sign(
        self,
        license: License,
        grantor: Grantor,
        signer: Signer,
        *,
        credential_id: str,
        status: Sequence[StatusEntry],
        created: datetime,
    ) -> bytes:
        """The signed credential of `license`, which must be `disclosed` already, as compact JSON, which nobody has looked at yet.

        The same bytes as `sign(draft_credential(...))`. Raises `MalformedDocument`.
        """
        found = self._templates.unsecured(
            license, grantor, credential_id=credential_id, status=status, is_demo=self._is_demo, loader=self._loader
        )
        if found is None:
            draft = draft_credential(
                license, grantor, credential_id=credential_id, status=status, is_demo=self._is_demo
            )
            return sign(draft, signer, created=created, loader=self._loader)
        options, options_hash = self._proof(signer, grantor.base, created)
        signature = signer.sign(options_hash + hashlib.sha256(found.nquads).digest())
        return b'%b,"proof":%b,"proofValue":"%b"}}' % (
            found.json[:-1],
            options[:-1],
            multibase58(signature).encode(),
        )

    def _proof(self, signer: Signer, base: str, created: datetime) -> tuple[bytes, bytes]:
        """The options of a proof as JSON, and the hash of their canonical form: the same for one key in one second."""
        key = (signer.verification_method, base, created)
        found = self._options.get(key)
        if found is None:
            options = proof_options(signer, created=created)
            contexts = [CREDENTIALS_V2, license_context(base)]
            nquads = canonical_nquads({**options, "@context": contexts}, self._loader)
            if len(self._options) >= MAX_OPTIONS:
                self._options.clear()
            found = self._options[key] = orjson.dumps(options), hashlib.sha256(nquads).digest()
        return found
