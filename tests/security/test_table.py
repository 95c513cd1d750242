"""Verification method x algorithm x authority x purpose: only the right combinations pass.

Each row is signed for real, by the key that is named, in the way that the row says. What is right is said once: `Row.is_right`.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from itertools import product
from typing import Any

import pytest

from issuers.controller import PublishedKey, did_document
from issuers.keys import SEED_BYTES, Algorithm, new_signer
from issuers.secure import serialize
from issuers.signer import SoftwareSigner
from tests.builders import (
    LAO,
    LOADER,
    NOW,
    OTHER_LAO,
    SIGNED_AT,
    Authority,
    make_authority,
    make_draft,
    make_entries,
    make_issuer,
    make_license,
    make_lists,
    make_trust,
    seed_of,
)
from tests.strangers import make_jwt, make_vc
from verify.credential import StatusEntry
from verify.document import Document, parse_document
from verify.jose import enveloped
from verify.multikey import multibase58
from verify.proof import hash_data
from verify.trust import TrustData
from verify.verdict import Answer
from verify.verifier import examine
from vocab.graph import date_time
from vocab.terms import CRYPTOSUITE_ECDSA, CRYPTOSUITE_EDDSA

ONE, OTHER = make_authority(LAO), make_authority(OTHER_LAO)
ED25519, P256 = Algorithm.ED25519, Algorithm.P256
ALGORITHMS = {CRYPTOSUITE_EDDSA: ED25519, CRYPTOSUITE_ECDSA: P256, "EdDSA": ED25519, "ES256": P256}
"""Each with the one kind of key that it takes: two of Data Integrity, two of JOSE."""
JOSE = ("EdDSA", "ES256")
USES = ("credential", "status-list")


@dataclass(frozen=True, slots=True)
class Method:
    """A verification method: whose it is, what kind of key, for which use, and what has become of it."""

    owner: str
    kind: Algorithm
    use: str = "credential"
    state: str = "in use"

    @property
    def signer(self) -> SoftwareSigner:
        return _signer(self)


DIDS = {"one": ONE.did, "other": OTHER.did}


@cache
def _signer(method: Method) -> SoftwareSigner:
    seed = (seed_of(str(method)) * 2)[: SEED_BYTES[method.kind]]
    signer = new_signer(DIDS.get(method.owner, "did:key:x"), seed, method.kind)
    return signer if method.owner in DIDS else replace(signer, did=f"did:key:{signer.public_multibase}")


STATES: Mapping[str, Mapping[str, Any]] = {
    "in use": {},
    "retired since": {"expires": SIGNED_AT + timedelta(days=1)},
    "retired before": {"expires": SIGNED_AT - timedelta(days=1)},
    "revoked": {"revoked": SIGNED_AT + timedelta(days=9)},
}
METHODS = [
    *(Method("one", kind, use, state) for kind in (ED25519, P256) for use in USES for state in STATES),
    *(Method("other", kind, use) for kind in (ED25519, P256) for use in USES),
    *(Method(owner, kind) for owner in ("stranger", "sandbox") for kind in (ED25519, P256)),
]
ISSUERS = ("one", "other", "the method's own")
PURPOSES = ("assertionMethod", "authentication")


@dataclass(frozen=True, slots=True)
class Row:
    method: Method
    algorithm: str
    issuer: str
    purpose: str
    use: str

    @property
    def is_right(self) -> bool:
        """Whether an authority's document (a licence, or a list) may be signed so."""
        return (
            self.method.owner in DIDS
            and self.issuer in (self.method.owner, "the method's own")
            and self.method.state in ("in use", "retired since")
            and ALGORITHMS[self.algorithm] is self.method.kind
            and self.purpose == "assertionMethod"
            and self.method.use == self.use
        )

    @property
    def did(self) -> str:
        return DIDS.get(self.issuer, self.method.signer.did)

    @property
    def authority(self) -> Authority:
        """Whose licences, or lists, it is about."""
        return OTHER if self.did == OTHER.did else ONE


def rows(use: str) -> list[Row]:
    return [
        Row(*found, use)
        for found in product(METHODS, ALGORITHMS, ISSUERS, PURPOSES)
        if not (found[1] in JOSE and found[3] != "assertionMethod")  # a JWS has no purpose
    ]


def signed(unsecured: Document, row: Row) -> bytes:
    """`unsecured` with whatever proof, or envelope, `row` says; the issuer is the document's affair."""
    signer = row.method.signer
    if row.algorithm in JOSE:
        payload = {**unsecured, "iat": int(SIGNED_AT.timestamp())}
        return serialize(enveloped(make_jwt(payload, signer, alg=row.algorithm, kid=signer.verification_method)))
    configuration = {
        "type": "DataIntegrityProof",
        "cryptosuite": row.algorithm,
        "created": date_time(SIGNED_AT),
        "verificationMethod": signer.verification_method,
        "proofPurpose": row.purpose,
    }
    signature = signer.sign(hash_data(unsecured, configuration, LOADER))
    return serialize({**unsecured, "proof": {**configuration, "proofValue": multibase58(signature)}})


@cache
def trust() -> TrustData:
    issuers = []
    for authority, owner in ((ONE, "one"), (OTHER, "other")):
        methods = [method for method in METHODS if method.owner == owner]
        keys = [PublishedKey(public_multibase=each.signer.public_multibase, **STATES[each.state]) for each in methods]
        issuer, _ = make_issuer(authority, document=did_document(authority.did, keys))
        issuers.append(replace(issuer, uses={each.signer.verification_method: each.use for each in methods}))
    # The lists are signed by keys that are no matter here, and the licences of this table have no entry but one test's.
    return replace(make_trust(*issuers, lists={}), live=True)


def test_a_licence_passes_only_with_the_right_method_algorithm_authority_and_purpose() -> None:
    outcomes: Counter[bool] = Counter()
    for row in rows("credential"):
        draft = make_draft(make_license(authority=row.authority.code), row.authority, status=())
        verdict = examine(signed(draft | {"issuer": row.did}, row), trust(), NOW)
        assert (verdict.genuine.answer is Answer.YES) == row.is_right, (row, verdict.genuine)
        assert verdict.verified == row.is_right, row
        outcomes[row.is_right] += 1
    # In use and retired since, of two kinds, in two ways each: for one authority; those in use for the other; two names each.
    assert outcomes[True] == (4 + 2) * 2 * 2
    assert outcomes[False] > 400


def test_a_status_list_is_believed_only_with_the_right_method_algorithm_authority_and_purpose() -> None:
    lists = make_lists(ONE) | make_lists(OTHER)
    outcomes: Counter[bool] = Counter()
    for row in rows("status-list"):
        authority = row.authority
        key = Method("one" if authority is ONE else "other", ED25519).signer
        licence = signed(
            make_draft(make_license(authority=authority.code), authority, status=_entry(authority)),
            Row(Method("one" if authority is ONE else "other", ED25519), CRYPTOSUITE_EDDSA, "", PURPOSES[0], ""),
        )
        url = _entry(authority)[0].list_url
        unsecured = {name: value for name, value in parse_document(lists[url]).items() if name != "proof"}
        served = {url: signed(unsecured | {"issuer": row.did}, row)}
        verdict = examine(licence, replace(trust(), status_lists=served), NOW)
        assert verdict.genuine.answer is Answer.YES, key
        # A list in a JWS is none of ours: the register serves its lists with a proof in them.
        is_right = row.is_right and row.algorithm not in JOSE
        assert (verdict.in_force.answer is Answer.YES) == is_right, (row, verdict.in_force)
        if not is_right:
            assert verdict.in_force.code == "status-unavailable"
        outcomes[is_right] += 1
    assert outcomes[True] == (4 + 2) * 2
    assert outcomes[False] > 400


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_stranger_may_sign_for_itself_and_is_never_an_authority(algorithm: str) -> None:
    for owner, kind, issuer, purpose in product(("stranger", "sandbox"), (ED25519, P256), ISSUERS, PURPOSES):
        if algorithm in JOSE and purpose != PURPOSES[0]:
            continue
        row = Row(Method(owner, kind), algorithm, issuer, purpose, "")
        verdict = examine(signed(make_vc(issuer=row.did), row), trust(), NOW)
        fits = issuer == "the method's own" and ALGORITHMS[algorithm] is kind and purpose == PURPOSES[0]
        assert verdict.verified == fits, (row, verdict.signature)
        assert verdict.genuine.answer is not Answer.YES


@pytest.mark.parametrize("algorithm", [CRYPTOSUITE_EDDSA, CRYPTOSUITE_ECDSA])
def test_a_signature_does_not_fit_under_the_name_of_another_method(algorithm: str) -> None:
    """Every key under the name of every other: right only under its own."""
    methods = [method for method in METHODS if method.owner == "one" and method.state == "in use"]
    for key, named in product(methods, methods):
        draft = make_draft(status=())
        row = Row(key, algorithm, "one", PURPOSES[0], "credential")
        document = parse_document(signed(draft, row))
        document["proof"]["verificationMethod"] = named.signer.verification_method
        found = examine(serialize(document), trust(), NOW).genuine.answer is Answer.YES
        assert found == (key == named and row.is_right)


def _entry(authority: Authority) -> tuple[StatusEntry, ...]:
    return make_entries(authority.code, purposes=("revocation",))
