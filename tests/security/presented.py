"""Hostile documents whose signatures fit: a stranger's, who opens doors with them to what lies behind.

Each is a credential or a presentation, and the trust with which it is examined (a web of one page or none).
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.builders import make_credential, make_license, seed_of
from tests.security.hostile import bomb
from tests.strangers import (
    ASKED,
    LIST_URL,
    WEB_ADDRESS,
    WEB_DID,
    issue,
    make_jwt,
    make_list,
    make_list_entry,
    make_proof,
    make_vc,
    make_vp,
    make_web_document,
    make_web_issuer,
    present,
    sign,
)
from verify.document import Document
from verify.effort import MAX_CREDENTIALS, MAX_EFFORT
from verify.jose import ENVELOPED_PRESENTATION, enveloped
from verify.multikey import encode_public_key
from verify.presentation import MAX_PROOFS_PRESENTED, MAX_STATUS_ENTRIES_PRESENTED

Pages = Mapping[str, Document]
SIGNED: dict[str, Callable[[], tuple[Document, Pages]]] = {}
"""Every one by its name: makes a credential or a presentation, and what the web has."""

_NAMING: Document = {"t": "urn:p:t", "p": {"@id": "urn:p:p", "@type": "@id"}}


def signed(make: Callable[[], tuple[Document, Pages]]) -> Callable[[], tuple[Document, Pages]]:
    SIGNED[make.__name__] = make
    return make


def dear(share: int = 1, **members: Any) -> Document:
    """An unsecured credential that asks for nearly as much as the general way takes, or a share of it."""
    nodes = [{"id": f"urn:x:{k}", "t": [f"{k}", "x", "y", "z"]} for k in range(MAX_EFFORT // 22 // share)]
    unsecured = make_vc(credentialSubject={"id": "urn:x:s", "p": nodes}, **members)
    return unsecured | {"@context": [*unsecured["@context"], _NAMING]}


def in_a_jws(*credentials: Document) -> Document:
    """Presented in a JWS, whose bytes are signed as they are: nothing of it is canonicalised."""
    payload = make_vp(*credentials) | {"nonce": ASKED.challenge, "aud": ASKED.domain}
    return enveloped(make_jwt(payload, typ="vp+jwt"), ENVELOPED_PRESENTATION)


DEAREST_IN_A_CHAIN = 6
"""The share that each of three chained proofs may ask for, since each has the proofs before it to canonicalise as well."""


def chain(share: int = DEAREST_IN_A_CHAIN) -> Document:
    """Four proofs, each of which signs the document anew with those before it."""
    unsecured = dear(share)
    proofs: list[Document] = []
    for number in range(4):
        document = {**unsecured, "proof": proofs} if proofs else unsecured
        before: dict[str, Any] = {"previousProof": [proof["id"] for proof in proofs]} if proofs else {}
        proofs.append(make_proof(document, id=f"urn:p:{number}", **before))
    return {**unsecured, "proof": proofs}


@signed
def a_dear_credential() -> tuple[Document, Pages]:
    return issue(dear()), {}


@signed
def a_chain_of_proofs() -> tuple[Document, Pages]:
    return chain(), {}


@signed
def a_chain_of_proofs_too_dear() -> tuple[Document, Pages]:
    return chain(1), {}


@signed
def many_dear_credentials() -> tuple[Document, Pages]:
    return in_a_jws(*[issue(dear())] * MAX_CREDENTIALS), {}


@signed
def many_chains() -> tuple[Document, Pages]:
    return in_a_jws(*[chain()] * (MAX_PROOFS_PRESENTED // 4)), {}


@signed
def more_chains() -> tuple[Document, Pages]:
    return in_a_jws(*[chain()] * MAX_CREDENTIALS), {}


@signed
def credentials_of_nobody() -> tuple[Document, Pages]:
    """More than a presentation may hold."""
    return in_a_jws(*[make_vc()] * 2_000), {}


@signed
def self_asserted_and_dear() -> tuple[Document, Pages]:
    return in_a_jws(*[dear()] * MAX_CREDENTIALS), {}


@signed
def licences_in_a_jws() -> tuple[Document, Pages]:
    return in_a_jws(*(json.loads(make_credential(make_license(f"{k}/2567"))) for k in range(MAX_CREDENTIALS))), {}


@signed
def licences_with_a_proof() -> tuple[Document, Pages]:
    return present(
        make_vp(*(json.loads(make_credential(make_license(f"{k}/2567"))) for k in range(MAX_CREDENTIALS)))
    ), {}


@signed
def presentations_in_presentations() -> tuple[Document, Pages]:
    found = make_vc()
    for _ in range(10):
        found = in_a_jws(found)
    return found, {}


def _list(encoded: str) -> Document:
    unsecured = make_list()
    return sign(unsecured | {"credentialSubject": unsecured["credentialSubject"] | {"encodedList": encoded}})


def _with_entries(count: int) -> Document:
    return issue(make_vc(credentialStatus=[make_list_entry(statusListIndex=f"{k}") for k in range(count)]))


@signed
def a_gzip_bomb() -> tuple[Document, Pages]:
    """1 MB that inflate to 1 GiB."""
    return _with_entries(1), {LIST_URL: _list(bomb(1 << 30))}


@signed
def a_gzip_bomb_for_each_entry() -> tuple[Document, Pages]:
    return _with_entries(8), {LIST_URL: _list(bomb(512 << 20))}


@signed
def the_largest_list_for_each_entry() -> tuple[Document, Pages]:
    credentials = [_with_entries(MAX_STATUS_ENTRIES_PRESENTED // MAX_CREDENTIALS)] * MAX_CREDENTIALS
    return in_a_jws(*credentials), {LIST_URL: _list(bomb(4 << 20))}


@signed
def status_entries_hidden_in_envelopes() -> tuple[Document, Pages]:
    unsecured = make_vc(credentialStatus=[make_list_entry(statusListIndex=f"{k}") for k in range(8)])
    hidden = enveloped(make_jwt(unsecured))
    return in_a_jws(*[hidden] * MAX_CREDENTIALS), {LIST_URL: _list(bomb(4 << 20))}


@signed
def a_did_document_of_many_methods() -> tuple[Document, Pages]:
    return _of_web(), {WEB_ADDRESS: _did_document(1_500)}


@signed
def a_did_document_of_as_many_methods_as_may_be() -> tuple[Document, Pages]:
    return _of_web(), {WEB_ADDRESS: _did_document(300)}


@signed
def a_did_document_of_many_names() -> tuple[Document, Pages]:
    document = make_web_document()
    return _of_web(), {WEB_ADDRESS: document | {"assertionMethod": [f"{WEB_DID}#{k}" for k in range(10_000)]}}


def _of_web() -> Document:
    return sign(make_vc(issuer=WEB_DID), make_web_issuer())


def _did_document(count: int) -> Document:
    plain = make_web_document()
    methods = [
        plain["verificationMethod"][0]
        | {"id": f"{WEB_DID}#{k}", "publicKeyMultibase": encode_public_key(_key(k).public_key())}
        for k in range(count)
    ]
    names = [method["id"] for method in methods]
    return plain | {"verificationMethod": methods, "assertionMethod": names, "authentication": names}


def _key(number: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed_of(f"method {number}"))
