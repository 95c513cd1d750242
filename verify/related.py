"""`relatedResource` (VC Data Model 2.0, 5.3): resources that a credential vouches for by their digests."""

import base64
import hashlib

from verify.data_model import is_url, items, shown
from verify.document import Document
from verify.errors import MalformedCredential, MalformedProof
from verify.multikey import base58_decode, from_multibase64url
from vocab.contexts import known_bytes

_SRI = {"sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}
_MULTIHASH_SHA256 = b"\x12\x20"


def require_related(document: Document) -> tuple[str, ...]:
    """Each resource has a URL of its own and a digest, which fits where we have the resource (the pinned contexts).

    Returns the URLs of those which we do not have, whose digests nobody checked. Raises `MalformedCredential`.
    """
    seen: set[str] = set()
    unchecked = []
    for item in items(document, "relatedResource"):
        url = item.get("id") if isinstance(item, dict) else None
        if not isinstance(item, dict) or not isinstance(url, str) or not is_url(url):
            raise MalformedCredential(f"a related resource is an object with an id that is a URL (got {shown(item)})")
        if url in seen:
            raise MalformedCredential(f"a related resource is named twice (got {url[:120]!r})")
        seen.add(url)
        digests = [digest for member in ("digestSRI", "digestMultibase") for digest in items(item, member)]
        if not digests or not all(isinstance(digest, str) and digest.strip() for digest in digests):
            raise MalformedCredential(f"a related resource has a digestSRI or a digestMultibase (got {shown(item)})")
        body = known_bytes(url)
        if body is None:
            unchecked.append(url)
        else:
            _require_fits(item, body, url)
    return tuple(unchecked)


def _require_fits(item: Document, body: bytes, url: str) -> None:
    sri = [digest for text in items(item, "digestSRI") for digest in text.split()]
    if not all(_fits_sri(digest, body) for digest in sri) or not all(
        _fits_multibase(digest, body) for digest in items(item, "digestMultibase")
    ):
        raise MalformedCredential(f"a related resource has another digest than the credential says ({url[:120]})")


def _fits_sri(digest: str, body: bytes) -> bool:
    name, _, value = digest.partition("-")
    if name not in _SRI:
        return False
    return value.partition("?")[0] == base64.b64encode(_SRI[name](body).digest()).decode()


def _fits_multibase(digest: str, body: bytes) -> bool:
    # As a multihash (Controlled Identifiers 1.0, 2.5), or bare as the data model's own examples have it.
    expected = hashlib.sha256(body).digest()
    try:
        if digest.startswith("u"):
            return from_multibase64url(digest, at_most=len(_MULTIHASH_SHA256 + expected)) in (
                expected,
                _MULTIHASH_SHA256 + expected,
            )
        return digest.startswith("z") and base58_decode(digest[1:], length=34) == _MULTIHASH_SHA256 + expected
    except (ValueError, MalformedProof):
        return False
