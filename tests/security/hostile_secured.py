"""Proofs, status, envelopes and licences: what is looked at beyond JSON-LD."""

import base64
import json
import zlib
from itertools import permutations
from typing import Any

from tests.security.shapes import (
    BASE,
    DID,
    KEY,
    NAMING,
    PROOF,
    SHAPES,
    credential,
    dump,
    filled,
    shape,
)
from vocab.terms import CREDENTIALS_V2, LICENSE_CONTEXT_PATH, LICENSE_CREDENTIAL

# Proofs, status, related resources


@shape
def many_proofs(size: int) -> bytes:
    return filled(size, lambda n: credential(proof=[PROOF] * n))


@shape
def many_previous_proofs(size: int) -> bytes:
    return filled(
        size,
        lambda n: credential(
            proof=[PROOF | {"id": "urn:x:1"}, PROOF | {"id": "urn:x:2", "previousProof": ["urn:x:1"] * n}]
        ),
    )


@shape
def chain_of_proofs_at_the_bounds(size: int) -> bytes:
    """Each proof signs the document anew, with those before it."""
    ids = [f"urn:x:proof{k}" for k in range(4)]
    chain = [PROOF | {"id": ids[k]} | ({"previousProof": ids[:k]} if k else {}) for k in range(4)]
    return filled(
        size,
        lambda n: credential(
            NAMING,
            chain,
            credentialSubject={"id": "urn:x:s", "p": [{"id": f"urn:x:{k}", "t": "x"} for k in range(min(n, 900))]},
        ),
    )


@shape
def large_proof_options(size: int) -> bytes:
    """Proofs whose own options are as large as a document may be."""
    return filled(
        size,
        lambda n: credential(NAMING, [PROOF | {"t": [f"{j} {k}" for k in range(min(n, 900))]} for j in range(4)]),
    )


@shape
def many_status_entries(size: int) -> bytes:
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "1"}
    return filled(
        size,
        lambda n: credential(
            credentialStatus=[entry | {"statusListCredential": f"https://x.example/{k}"} for k in range(n)]
        ),
    )


@shape
def many_related_resources(size: int) -> bytes:
    return filled(
        size,
        lambda n: credential(relatedResource=[{"id": f"urn:x:{k}", "digestSRI": "sha512-x"} for k in range(n)]),
    )


@shape
def many_digests(size: int) -> bytes:
    """One resource that is at hand, with its right digest again and again: each is a hash of the whole file."""
    digest = (
        "sha256-"
        + base64.b64encode(bytes.fromhex("59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734")).decode()
    )
    return filled(
        size, lambda n: credential(relatedResource={"id": CREDENTIALS_V2, "digestSRI": " ".join([digest] * n)})
    )


# Envelopes


def token(header: object, payload: object) -> str:
    parts = [base64.urlsafe_b64encode(each if isinstance(each, bytes) else dump(each)) for each in (header, payload)]
    return b".".join(
        [*(part.rstrip(b"=") for part in parts), base64.urlsafe_b64encode(bytes(64)).rstrip(b"=")]
    ).decode()


HEADER = {"alg": "EdDSA", "kid": f"{DID}#{KEY}", "typ": "vc+jwt"}


def _without_proof(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != "proof"}


@shape
def large_jws_header(size: int) -> bytes:
    return token(HEADER | {"cty": "x" * (size * 3 // 4 - 600)}, _without_proof(credential())).encode()


@shape
def jws_header_of_many_members(size: int) -> bytes:
    members = {f"k{k}": 0 for k in range(size * 3 // 4 // 12 - 100)}
    return token(HEADER | members, _without_proof(credential())).encode()


@shape
def jws_header_nested(size: int) -> bytes:
    return token(b'{"a":' * (size // 9) + b"0" + b"}" * (size // 9), {}).encode()


@shape
def jws_payload_at_the_bounds(size: int) -> bytes:
    inner = json.loads(SHAPES["at_the_bounds"](size * 3 // 4 - 600))
    return token(HEADER, _without_proof(inner)).encode()


@shape
def dots(size: int) -> bytes:
    return b"a." * (size // 2)


@shape
def one_node_in_many_places(size: int) -> bytes:
    """The same subject again and again, each time with another statement."""
    return filled(size, lambda n: credential(credentialSubject=[{"id": "urn:x:s", "name": str(k)} for k in range(n)]))


@shape
def one_node_with_much_in_many_places(size: int) -> bytes:
    return filled(
        size,
        lambda n: credential(
            credentialSubject=[{"id": "urn:x:s", "name": [str(k) for k in range(n)]}, *[{"id": "urn:x:s"}] * (n // 4)]
        ),
    )


@shape
def deep_and_wide(size: int) -> bytes:
    return b'{"a":' + b"[" * 200 + b"0," * ((size - 500) // 2) + b"0" + b"]" * 200 + b"}"


@shape
def members_in_many_orders(size: int) -> bytes:
    """Nodes of the same members in another order each: nothing that is known of one helps with the next."""
    members = ["name", "description", "type", "id"]
    orders = list(permutations(members))
    values = {"name": "x", "description": "y", "type": "VerifiableCredential", "id": "urn:x:1"}
    return filled(
        size,
        lambda n: credential(credentialSubject=[{m: values[m] for m in orders[k % len(orders)]} for k in range(n)]),
    )


# What claims to be a licence, and is looked at more closely


def licence(**subject: Any) -> dict[str, Any]:
    """A credential that claims to be a licence; of which register it is makes no difference to what it costs."""
    document = credential(f"{BASE}{LICENSE_CONTEXT_PATH}", type=["VerifiableCredential", LICENSE_CREDENTIAL])
    named = {"id": f"{BASE}/id/lic/lao-06480115/food-premises/1", "type": "License", "licenseNumber": "1"}
    return document | {"credentialSubject": named | subject}


@shape
def licence_of_many_conditions(size: int) -> bytes:
    return filled(size, lambda n: licence(condition=[f"{k}" for k in range(n)]))


@shape
def licence_of_many_items(size: int) -> bytes:
    return filled(
        size,
        lambda n: licence(
            faceItem=[{"id": f"urn:x:{k}", "type": "FaceItem", "code": "x", "value": "y"} for k in range(n)]
        ),
    )


@shape
def licence_of_nodes_without_names(size: int) -> bytes:
    return filled(size, lambda n: licence(faceItem=[{"type": "FaceItem", "code": f"{k}"} for k in range(n)]))


@shape
def licence_of_lists_in_lists(size: int) -> bytes:
    def nested(depth: int, width: int) -> object:
        return [nested(depth - 1, width)] if depth else [f"{k}" for k in range(width)]

    return filled(size, lambda n: licence(condition=nested(30, n)))


@shape
def licence_of_nodes_in_nodes(size: int) -> bytes:
    def nested(depth: int, width: int) -> object:
        inner = {"address": nested(depth - 1, width)} if depth else {"streetAddress": "x" * width}
        return {"id": f"urn:x:{depth}", "type": "Premises" if depth else "Address", **inner}

    return filled(size, lambda n: licence(premises=[nested(30, n)]))


@shape
def licence_of_one_item_again_and_again(size: int) -> bytes:
    return filled(
        size, lambda n: licence(faceItem=[{"id": "urn:x:1", "type": "FaceItem", "code": f"{k}"} for k in range(n)])
    )


@shape
def licence_of_many_languages(size: int) -> bytes:
    tags = [f"{a}{b}-{c}{d}" for a in "abcdefgh" for b in "abcdefgh" for c in "abcdefgh" for d in "abcdefgh"]
    return filled(
        size,
        lambda n: licence(
            premises=[
                {"id": "urn:x:1", "type": "Premises", "placeName": dict.fromkeys(tags[:n], "x" * (n // 4_000 + 1))}
            ]
        ),
    )


def bomb(inflated: int) -> str:
    """An `encodedList` that becomes `inflated` zero bytes, a thousand times as many as it has itself."""
    packer = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    chunk = bytes(1 << 20)
    packed = b"".join([*(packer.compress(chunk) for _ in range(inflated >> 20)), packer.flush()])
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()
