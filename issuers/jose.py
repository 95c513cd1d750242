"""A credential in a JWS: `application/vc+jwt` (Securing Verifiable Credentials using JOSE and COSE, 3.1)."""

import base64
from datetime import datetime

from issuers.secure import serialize
from issuers.signer import Signer, public_key_of
from verify.canonical import canonical_nquads
from verify.credential import read_unsecured
from verify.document import Document
from verify.jose import EDDSA, ES256, enveloped, open_envelope
from vocab.contexts import DocumentLoader
from vocab.terms import CRYPTOSUITE_EDDSA


def secure_jwt(unsecured: Document, signer: Signer, *, created: datetime, loader: DocumentLoader) -> str:
    """The JWS in its compact form, its payload the credential as it is. Raises `MalformedDocument` for what is no credential.

    `created` becomes `iat`, which the credential needs to be believed after its key was retired.

    Terms that no context defines are refused as they are for a proof, and the signature is checked before it leaves.
    """
    read_unsecured(unsecured)
    canonical_nquads(unsecured, loader)
    header = {
        "alg": EDDSA if signer.cryptosuite == CRYPTOSUITE_EDDSA else ES256,
        "kid": signer.verification_method,
        "typ": "vc+jwt",
        "cty": "vc",
    }
    payload = {**unsecured, "iat": int(created.timestamp())}
    signing_input = f"{_part(serialize(header))}.{_part(serialize(payload))}"
    token = f"{signing_input}.{_part(signer.sign(signing_input.encode()))}"
    key = public_key_of(signer.verification_method)
    open_envelope(enveloped(token)).require_signature(key)
    return token


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
