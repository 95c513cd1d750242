"""From a DID to its keys, and from an address to a status list: for issuers that are none of the register's.

did:key carries its key in its own name; did:web is a document on the issuer's host, fetched through the guarded client.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import unquote

from verify.controlled_identifier import RELATIONSHIPS, VerificationKey, parse_did_document
from verify.document import parse_document
from verify.errors import (
    FetchFailed,
    MalformedDocument,
    ResolutionFailed,
    StatusUnavailable,
    UnknownMethod,
    VerificationError,
)
from verify.fetch import Fetcher
from verify.multikey import decode_public_key, is_of_another_kind

KEEP = timedelta(minutes=5)
"""For how long what was fetched is used again."""
MAX_KEPT = 256
MAX_KEPT_BYTES = 128 << 10
"""A larger document is fetched again each time."""
MAX_DID_DOCUMENT_BYTES = 256 << 10
MAX_STATUS_LIST_BYTES = 1 << 20

_SEGMENT = re.compile(r"(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})+", re.ASCII)
_HOST = re.compile(r"(?P<name>[A-Za-z0-9.-]{1,253})(?::(?P<port>\d{1,5}))?", re.ASCII)


@dataclass(slots=True)
class Resolver:
    """Finds keys. Without a `fetcher` it is offline: did:key is resolved, and everything else could not be checked."""

    fetcher: Fetcher | None = None
    _kept: dict[str, tuple[datetime, bytes]] = field(default_factory=dict)
    _fetches: int | None = None

    def limited(self, fetches: int, seconds: float) -> "Resolver":
        """The same resolver for one answer, which fetches no more than so many documents, in so much time: slow hosts add up."""
        return Resolver(self.fetcher and self.fetcher.within(seconds), self._kept, fetches)

    def keys(self, did: str, at: datetime) -> Mapping[str, VerificationKey]:
        """The keys of `did` at the instant `at`. Raises `MalformedDocument`, `ResolutionFailed`, `FetchFailed`."""
        if did.startswith("did:key:"):
            return keys_of_did_key(did)
        if did.startswith("did:web:"):
            address = did_web_address(did, allow_loopback=self.fetcher is not None and self.fetcher.allow_loopback)
            raw = self._fetched(
                address, at, "application/did+json, application/did+ld+json, application/json", MAX_DID_DOCUMENT_BYTES
            )
            try:
                return parse_did_document(parse_document(raw), did)
            except VerificationError as error:
                # What is wrong with its DID document says nothing about the credential.
                raise ResolutionFailed(f"the document of {did[:200]} cannot be used: {error}") from error
        raise ResolutionFailed(f"keys are found for did:key and did:web only (got {did[:200]!r})")

    def status_list(self, url: str, at: datetime) -> bytes:
        """The status list credential at `url`. Raises `StatusUnavailable`."""
        try:
            return self._fetched(url, at, "application/vc, application/json", MAX_STATUS_LIST_BYTES)
        except FetchFailed as error:
            raise StatusUnavailable(str(error)) from error

    def _fetched(self, url: str, at: datetime, accept: str, max_bytes: int) -> bytes:
        kept = self._kept.get(url)
        if kept is not None and abs(at - kept[0]) < KEEP:
            return kept[1]
        if self.fetcher is None:
            raise FetchFailed(f"nothing is fetched offline ({url[:200]})")
        if self._fetches is not None:
            if self._fetches < 1:
                raise FetchFailed(f"too many documents of others are needed for one answer ({url[:200]})")
            self._fetches -= 1
        body = self.fetcher.get(url, accept=accept, max_bytes=max_bytes)
        if len(body) > MAX_KEPT_BYTES:
            return body
        # Several threads ask at once: a list is made in one step, and what is gone already is gone.
        for oldest in list(self._kept)[: len(self._kept) - MAX_KEPT + 1]:
            self._kept.pop(oldest, None)
        self._kept[url] = (at, body)
        return body


def keys_of_did_key(did: str) -> Mapping[str, VerificationKey]:
    """The one key of a did:key (its method specification, section 3). Raises `UnknownMethod`, `MalformedProof`."""
    multikey = did.removeprefix("did:key:")
    if is_of_another_kind(multikey):
        raise UnknownMethod(f"the key of this did:key is of a kind that this verifier does not know (got {did[:120]})")
    key = VerificationKey(
        id=f"{did}#{multikey}", public_key=decode_public_key(multikey), purposes=frozenset(RELATIONSHIPS)
    )
    return {key.id: key}


def did_web_address(did: str, *, allow_loopback: bool = False) -> str:
    """The address of the document of a did:web (its method specification, 2.5.2). Raises `MalformedDocument` for what is none.

    Raises `ResolutionFailed` for a host that nobody can be sent to: an address, a name without a dot, this machine (which is for
    tests). A port is written `%3A8443`.
    """
    host, *path = did.removeprefix("did:web:").split(":")
    match = _HOST.fullmatch(unquote(host)) if _SEGMENT.fullmatch(host) else None
    if match is None or not all(_SEGMENT.fullmatch(part) and unquote(part) not in {".", ".."} for part in path):
        raise MalformedDocument(f"this is no did:web (got {did[:200]!r})")
    name = match["name"].lower()
    is_local = name == "localhost" or name.endswith(".localhost")
    if _is_address(name) or ("." not in name and not is_local) or (is_local and not allow_loopback):
        raise ResolutionFailed(f"a did:web names a public host, not an address or this machine (got {did[:200]!r})")
    where = f"{'http' if is_local else 'https'}://{name}" + (f":{match['port']}" if match["port"] else "")
    return where + ("/" + "/".join(path) if path else "/.well-known") + "/did.json"


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        # The short and the octal forms, which some systems take for addresses as well.
        return (
            name.replace(".", "").isdigit()
            or name.rpartition(".")[2].startswith("0x")
            or name.rpartition(".")[2].isdigit()
        )
    return True
