"""What a verifier trusts: which issuers there are, their keys, what each may grant, and their status lists.

Trust is a value that is passed in; nothing here reads the environment or a clock. The register itself and a file made by it
(`TrustData`) answer the same protocol. Issuers that are none of the register's are strangers, whose keys a `Resolver` finds.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from verify.compact import key_id
from verify.controlled_identifier import VerificationKey, parse_did_document
from verify.document import Document, parse_document
from verify.errors import KeyUnknown, MalformedDocument, NoTrustData, StatusUnavailable, UnknownIssuer
from verify.instant import parse_instant
from verify.resolver import Resolver
from verify.status import StatusList
from vocab.graph import date_time
from vocab.license import LocalText

CREDENTIALS, STATUS_LISTS, CODES = "credential", "status-list", "qr"
"""What a key signs, where it signs nothing else."""
MAX_TRUST_BYTES = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """An authority of a register: its DID and keys, its IRI there, and the license types that it may grant (IRIs).

    `uses` says of a key, by its id, what alone it signs: `credential` or `status-list`. A key that is not in it signs both.
    `has_other_keys`: it has more keys than are known here.
    """

    did: str
    name: LocalText
    authority: str
    may_grant: frozenset[str]
    keys: Mapping[str, VerificationKey]
    uses: Mapping[str, str] = field(default_factory=dict)
    has_other_keys: bool = False


class Trust(Protocol):
    """What the verifier asks. `bases` are the registers whose license context and IRIs are accepted.

    `as_of` is when this was known; `live` says that it is the register itself that answers, so that a key that it does
    not know does not exist.
    """

    @property
    def bases(self) -> frozenset[str]: ...
    @property
    def as_of(self) -> datetime: ...
    @property
    def live(self) -> bool: ...

    def issuer(self, did: str) -> Issuer:
        """Raises `UnknownIssuer` for one that is none of the register's, `NoTrustData` where nothing is known."""

    def code_key(self, key_id: bytes) -> tuple[Issuer, VerificationKey]:
        """The key that QR codes name so (`verify.compact.key_id`), and whose it is. Raises `UnknownIssuer`, `KeyUnknown` where a
        newer state may have it, `NoTrustData`."""

    def stranger(self, did: str, at: datetime) -> Mapping[str, VerificationKey]:
        """The keys of an issuer that is none of the register's. Raises as `Resolver.keys`."""

    def status_list(self, url: str, at: datetime) -> bytes:
        """The status list credential at `url`. Raises `StatusUnavailable`."""

    def known_list(self, url: str, at: datetime) -> StatusList | None:
        """The status list at `url` where its bits are known without its credential, from a pack that somebody signed as a whole;
        None where the credential is to be asked for. Raises `StatusUnavailable`."""

    def may_be_issued(self, check_id: str) -> bool:
        """False where it is known that no licence had this id in its code at `as_of`."""

    def recorded_before(self, document: Document, instant: datetime) -> bool:
        """Whether the register had this very credential before `instant`: then a key that was revoked as of that instant had
        not yet been anybody else's. Only the register itself can know; everything offline answers False."""


def may_be_newer(trust: Trust, made: datetime | None) -> bool:
    """Whether what was used when something was `made` (None: nobody knows when) may be known at the register, though it is not to
    `trust`: authorities and keys are published before they are used."""
    return not trust.live and (made is None or made >= trust.as_of)


@dataclass(frozen=True, slots=True)
class NoTrust:
    """Nothing is known: every question is answered with `NoTrustData`, so that nothing reads as fake."""

    as_of: datetime
    bases: frozenset[str] = frozenset()
    live: bool = False

    def issuer(self, did: str) -> Issuer:
        raise NoTrustData(f"nothing says which keys to trust, so the signature of {did} could not be checked")

    def code_key(self, key_id: bytes) -> tuple[Issuer, VerificationKey]:
        raise NoTrustData("nothing says which keys to trust, so the signature of the code could not be checked")

    def stranger(self, did: str, at: datetime) -> Mapping[str, VerificationKey]:
        raise NoTrustData(f"nothing says which keys to trust, so the signature of {did} could not be checked")

    def status_list(self, url: str, at: datetime) -> bytes:
        raise StatusUnavailable(f"no status list is at hand ({url})")

    def known_list(self, url: str, at: datetime) -> StatusList | None:
        return None

    def may_be_issued(self, check_id: str) -> bool:
        return True

    def recorded_before(self, document: Document, instant: datetime) -> bool:
        return False


@dataclass(frozen=True, kw_only=True)
class KnownRegister:
    """What is known of one register away from it: its authorities, by DID, and nothing of what it had when."""

    base: str
    as_of: datetime
    issuers: Mapping[str, Issuer]
    live: bool = False
    resolver: Resolver = field(default_factory=Resolver)
    code_keys: Mapping[bytes, tuple[str, str]] = field(init=False, repr=False)
    """By how codes name a key: whose it is (DID), and its id."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "code_keys", dict(_code_keys(self.issuers.values())))

    @property
    def bases(self) -> frozenset[str]:
        return frozenset({self.base})

    def issuer(self, did: str) -> Issuer:
        try:
            return self.issuers[did]
        except KeyError:
            raise UnknownIssuer(f"issuer is none of the authorities of {self.base} (got {did[:120]})") from None

    def code_key(self, key_id: bytes) -> tuple[Issuer, VerificationKey]:
        try:
            did, method = self.code_keys[key_id]
        except KeyError:
            # A key is published before it is used, and may be newer than this.
            raise KeyUnknown(
                f"the trust data of {self.as_of.isoformat()} does not have the key of this code ({key_id.hex()})"
            ) from None
        return self.issuers[did], self.issuers[did].keys[method]

    def stranger(self, did: str, at: datetime) -> Mapping[str, VerificationKey]:
        return self.resolver.keys(did, at)

    def recorded_before(self, document: Document, instant: datetime) -> bool:
        return False


@dataclass(frozen=True, kw_only=True)
class TrustData(KnownRegister):
    """A register's trust data as a file (`/trust.json`): good for as long as it says."""

    expires: datetime
    status_lists: Mapping[str, bytes]

    def status_list(self, url: str, at: datetime) -> bytes:
        try:
            return self.status_lists[url]
        except KeyError:
            if url.startswith(self.base + "/") and self.resolver.fetcher is None:
                raise StatusUnavailable(f"the trust data has no status list {url[:200]}") from None
            # The register's own too: the sandbox's, and those of authorities that are newer than the trust data.
            return self.resolver.status_list(url, at)

    def known_list(self, url: str, at: datetime) -> StatusList | None:
        return None

    def may_be_issued(self, check_id: str) -> bool:
        return True


def _code_keys(issuers: Iterable[Issuer]) -> Iterator[tuple[bytes, tuple[str, str]]]:
    for issuer in issuers:
        for method, use in issuer.uses.items():
            key = issuer.keys.get(method) if use == CODES else None
            if key is not None and isinstance(key.public_key, Ed25519PublicKey):
                yield key_id(key.public_key.public_bytes_raw()), (issuer.did, method)


def parse_trust(raw: bytes) -> TrustData:
    """Trust data from the bytes of `/trust.json`. Raises `MalformedDocument`."""
    document = parse_document(raw, max_bytes=MAX_TRUST_BYTES)
    try:
        issuers = [_issuer(node) for node in document["issuers"]]
        return TrustData(
            base=_text(document["base"]),
            as_of=parse_instant(document["made"]),
            expires=parse_instant(document["expires"]),
            issuers={issuer.did: issuer for issuer in issuers},
            status_lists={_text(url): _text(body).encode() for url, body in document["statusLists"].items()},
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise MalformedDocument(f"this is not trust data of a register ({type(error).__name__}: {error})") from error


def _issuer(node: Document) -> Issuer:
    did = _text(node["did"])
    name = node["name"]
    return Issuer(
        did=did,
        name=LocalText(th=_text(name.get("th", "")), en=_text(name.get("en", ""))),
        authority=_text(node["authority"]),
        may_grant=frozenset(_text(iri) for iri in node["mayGrant"]),
        keys=parse_did_document(node["didDocument"], did),
        uses={_text(key): _text(use) for key, use in node.get("keyUse", {}).items()},
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected text (got {type(value).__name__})")
    return value


def trust_document(
    base: str,
    made: datetime,
    expires: datetime,
    issuers: list[tuple[Issuer, Document]],
    status_lists: Mapping[str, bytes],
) -> Document:
    """The JSON of trust data, which `parse_trust` reads. Each issuer comes with its DID document."""
    return {
        "type": "TrustData",
        "base": base,
        "made": date_time(made),
        "expires": date_time(expires),
        "issuers": [
            {
                "did": issuer.did,
                "name": {lang: text for lang, text in (("th", issuer.name.th), ("en", issuer.name.en)) if text},
                "authority": issuer.authority,
                "mayGrant": sorted(issuer.may_grant),
                "didDocument": did_document,
                "keyUse": dict(issuer.uses),
            }
            for issuer, did_document in issuers
        ],
        "statusLists": {url: body.decode() for url, body in status_lists.items()},
    }
