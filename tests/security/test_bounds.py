"""No hostile document costs more than 2 s of CPU or 256 MB: measured, shape by shape, in a process of its own."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from functools import partial
from typing import TypeVar

import pytest
from flask.testing import FlaskClient

from tests.builders import LOADER, NOW, make_authority, make_credential, make_trust
from tests.security.cost import CPU_SECONDS, MEMORY_BYTES, Cost, measured, measured_each
from tests.security.hostile import DID, KEY, SHAPES, bomb, credential, dump
from tests.security.presented import DEAREST_IN_A_CHAIN, SIGNED, chain, dear
from tests.strangers import ASKED, issue, trust_with
from verify.canonical import general_nquads
from verify.document import MAX_BYTES, Document, parse_document
from verify.errors import MalformedDocument, MalformedStatusList
from verify.jose import ENVELOPED_PRESENTATION, is_envelope
from verify.presentation import Asked, examine_presentation
from verify.status import decode_bits
from verify.verdict import Answer
from verify.verifier import examine, examine_document
from vocab.contexts import PINNED, known_bytes
from vocab.terms import CREDENTIALS_V2

T = TypeVar("T")

TRUST = make_trust(live=True)
SIZES = (1_000, 8_000, 64_000, MAX_BYTES)
if os.environ.get("REGISTRY_TEST_LONG"):
    SIZES = (*range(1_000, 64_000, 1_000), 64_000, 256_000, MAX_BYTES)
"""The dearest document of a shape is often not the largest one, but the largest that is not refused at once."""


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """What is made once for a process, such as the tables of the public contexts, is not a document's cost."""
    assert examine(make_credential(), TRUST, NOW).verified
    general_nquads({key: value for key, value in credential({"x": "urn:x:1"}).items() if key != "proof"}, LOADER)


def documents(name: str) -> list[bytes]:
    """The documents of a shape, by size; too small a size is left out."""
    found = []
    for size in SIZES:
        with suppress(AssertionError):
            found.append(SHAPES[name](size))
    return found


def require_bounded(name: str, ask: Callable[[T], object], expected: object, asked: list[T]) -> None:
    for one, (answer, cost) in zip(asked, measured_each([partial(ask, each) for each in asked]), strict=True):
        assert answer == expected
        assert cost.is_bounded, f"{name} costs {cost} ({len(dump(one) if isinstance(one, dict) else str(one))} bytes)"


@pytest.mark.parametrize("name", SHAPES)
def test_a_hostile_credential_is_bounded(name: str) -> None:
    """Of a stranger, in the name of an authority, and inside a presentation."""
    raws = documents(name)
    signer = make_authority().signer
    method, did = signer.verification_method.encode(), signer.did.encode()
    of_authority = [raw.replace(f"{DID}#{KEY}".encode(), method).replace(DID.encode(), did)[:MAX_BYTES] for raw in raws]
    inside = []
    for raw in raws:
        with suppress(MalformedDocument):  # what is no document cannot stand in another
            inside.append(parse_document(raw))
    require_bounded(name, _is_signed, False, raws)
    require_bounded(name, _is_signed, False, of_authority)
    require_bounded(name, _presented, False, inside)


def _is_signed(raw: bytes) -> bool:
    """ "No" for what is wrong, "unknown" for what is more than is looked at: never "yes"."""
    return examine(raw, TRUST, NOW).signature.answer is Answer.YES


def _presented(inner: Document) -> bool:
    """Nothing of the presentation is signed: what is looked at before that is known."""
    proof = credential()["proof"] | {"proofPurpose": "authentication"}
    document = {"@context": [CREDENTIALS_V2], "type": "VerifiablePresentation", "verifiableCredential": inner}
    return examine_presentation({**document, "proof": proof}, Asked(), TRUST, NOW).verified


@pytest.mark.parametrize("name", SIGNED)
def test_a_hostile_document_that_is_signed_is_bounded(name: str) -> None:
    document, pages = SIGNED[name]()
    trust = trust_with(pages)

    def ask() -> str:
        if is_envelope(document, ENVELOPED_PRESENTATION) or "VerifiablePresentation" in document["type"]:
            return examine_presentation(document, ASKED, trust, NOW).signature.code
        return examine_document(document, trust, NOW).signature.code

    code, cost = measured(ask)
    assert code in {
        "signed-by-holder",
        "signed-by-issuer",
        "malformed-presentation",
        "beyond-bounds",
        "resolution-failed",
        "issuer-mismatch",
    }
    assert cost.is_bounded, cost


@pytest.mark.parametrize(("share", "code"), [(DEAREST_IN_A_CHAIN, "signed-by-issuer"), (1, "beyond-bounds")])
def test_a_chain_of_proofs_may_ask_for_as_much_as_one_document(share: int, code: str) -> None:
    """Each link canonicalises the document anew."""
    assert examine_document(chain(share), trust_with({}), NOW).signature.code == code
    assert examine_document(issue(dear()), trust_with({}), NOW).signature.code == "signed-by-issuer"


def test_a_gzip_bomb_of_one_megabyte_is_not_inflated() -> None:
    encoded = bomb(1 << 30)
    assert 1_000_000 < len(encoded) < 2_000_000

    def inflate() -> str:
        try:
            decode_bits(encoded)
        except MalformedStatusList as error:
            return error.code
        return ""

    code, cost = measured(inflate)
    assert code == "malformed-status-list"
    assert cost.seconds < 0.5
    assert cost.memory < 64 << 20


def test_the_measure_finds_what_is_not_bounded() -> None:
    def burn() -> int:
        while time.process_time() < until:
            pass
        return 0

    def fill() -> int:
        return len(bytes(MEMORY_BYTES + (32 << 20)).replace(b"\0", b"x"))

    until = 0.2  # of a process whose clock begins with it
    assert measured(burn)[1].seconds > 0.1
    assert not measured(fill)[1].is_bounded
    assert not Cost(CPU_SECONDS + 0.1, 0).is_bounded
    with pytest.raises(AssertionError, match="stopped"):
        measured(lambda: 1 // 0)


# Over HTTP


@pytest.mark.parametrize("path", ["/credentials/verify", "/presentations/verify", "/verify"])
def test_a_body_over_the_limit_is_413(sqlite_client: FlaskClient, path: str) -> None:
    limit = sqlite_client.application.config["MAX_CONTENT_LENGTH"]
    for body in (b"x" * (limit + 1), b"text=" + b"x" * limit):
        kind = "application/x-www-form-urlencoded" if path == "/verify" else "application/json"
        status, cost = measured(
            lambda body=body, kind=kind: sqlite_client.post(path, data=body, content_type=kind).status_code  # type: ignore[misc]
        )
        assert status == 413
        assert cost.is_bounded, cost


@pytest.mark.parametrize("part", range(4))
def test_every_shape_is_answered_over_http(sqlite_client: FlaskClient, part: int) -> None:
    """400 and a verdict, or what is wrong with the request; never 500, and never `verified`."""

    def ask(raw: bytes) -> tuple[int, bool]:
        text = raw if raw.startswith(b"{") else dump(raw.decode())
        body = b'{"verifiableCredential":' + text + b"}"
        answer = sqlite_client.post("/credentials/verify", data=body, content_type="application/json")
        return answer.status_code, bool(answer.get_json()["verified"])

    for name in list(SHAPES)[part::4]:
        require_bounded(name, ask, (400, False), [SHAPES[name](32_000)])


# What stays behind


def test_no_document_changes_a_public_context() -> None:
    """PyLD writes what stands beside an `@import` into the context that is imported."""
    before = {url: deepcopy(LOADER(url, {})["document"]) for url in (*PINNED, CREDENTIALS_V2) if known_bytes(url)}
    attempts = [
        {"@import": CREDENTIALS_V2, "evil": "urn:x:evil"},
        {"a": {"@id": "urn:x:a", "@context": {"@import": CREDENTIALS_V2, "evil": "urn:x:evil"}}},
    ]
    for context in attempts:
        assert "imports another" in examine(dump(credential(context)), TRUST, NOW).signature.detail
    nested = credential(credentialSubject={"id": "urn:x:s", "@context": attempts[0]})
    assert "imports another" in examine(dump(nested), TRUST, NOW).signature.detail
    for name in SHAPES:
        examine(SHAPES[name](32_000), TRUST, NOW)
    assert before == {url: LOADER(url, {})["document"] for url in before}
    said = examine(dump(credential(evil="x")), TRUST, NOW).signature.detail
    assert "term is not defined" in said


def test_what_is_remembered_of_hostile_documents_is_bounded() -> None:
    def ask() -> int:
        for number in range(400):
            terms = {f"x{number}y{k}": f"urn:x:{number}:{k}" for k in range(250)}
            examine(dump(credential(terms)), TRUST, NOW)
            names = [{"id": f"urn:x:{number}:{k}:" + "y" * 1_500} for k in range(60)]
            examine(dump(credential(credentialSubject=names)), TRUST, NOW)
        return 0

    assert measured(ask)[1].memory < MEMORY_BYTES
