"""Keys in hardware, by PKCS#11: made there, used there, and never seen outside.

A session belongs to one process and one login. After a fork, and after the token went away and came back, the next signature
opens a new one; a PIN that was refused is not tried again in the same process, since tokens lock after a few wrong ones.
"""

import os
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote, unquote, unquote_to_bytes

import pkcs11
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pkcs11.exceptions import PinExpired, PinIncorrect, PinInvalid, PinLenRange, PinLocked, PKCS11Error
from pkcs11.types import SignMixin
from pkcs11.util.ec import encode_named_curve_parameters

from issuers.keys import Algorithm, algorithm_of
from issuers.signer import SigningUnavailable
from verify.cryptosuite import cryptosuite_of
from verify.multikey import decode_public_key, encode_public_key

_URI = re.compile(r"pkcs11:token=(?P<token>[^;?]+);id=(?P<id>(?:%[0-9A-F]{2})+)", re.ASCII)
_OCTET_STRING = 0x04
_CURVE = {Algorithm.ED25519: "1.3.101.112", Algorithm.P256: "secp256r1"}
_KEY_TYPE = {Algorithm.ED25519: pkcs11.KeyType.EC_EDWARDS, Algorithm.P256: pkcs11.KeyType.EC}
_GENERATION = {
    Algorithm.ED25519: pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
    Algorithm.P256: pkcs11.Mechanism.EC_KEY_PAIR_GEN,
}
_POINT_BYTES = {Algorithm.ED25519: 32, Algorithm.P256: 65}
_REFUSALS = (PinIncorrect, PinInvalid, PinLenRange, PinExpired, PinLocked)


class HardwareUnavailable(SigningUnavailable):
    """The hardware cannot be used, or does not have the key. Says which token and what it answered; never the PIN."""


@dataclass(frozen=True, slots=True)
class KeyReference:
    """Where a key is: the label of its token and its id there. As text it is a PKCS#11 URI (RFC 7512)."""

    token: str
    id: bytes

    def __str__(self) -> str:
        return f"pkcs11:token={quote(self.token, safe='')};id={''.join(f'%{byte:02X}' for byte in self.id)}"

    @classmethod
    def parse(cls, uri: str) -> "KeyReference":
        """Raises `HardwareUnavailable` for text that `str` of a reference does not make."""
        match = _URI.fullmatch(uri)
        if match is None:
            raise HardwareUnavailable(
                f"reference to a key is none (got {uri[:200]!r}, expected pkcs11:token=...;id=...)"
            )
        return cls(unquote(match["token"]), unquote_to_bytes(match["id"]))


class Hardware:
    """The tokens that one PKCS#11 library reaches. Nothing is loaded or opened before the first use."""

    def __init__(self, library: str = "", pin: Callable[[], str] = str) -> None:
        """`library`: the path of the PKCS#11 module; empty where there is none. `pin`: gives the user PIN of its tokens."""
        self._library = library
        self._pin = pin
        self._sessions: dict[str, pkcs11.Session] = {}
        self._keys: dict[KeyReference, SignMixin] = {}
        self._process = 0
        # What a token said of a PIN that it refused, by the token's label and the hash of the PIN.
        self._refused: dict[tuple[str, bytes], str] = {}
        # One signature at a time: a session has one operation.
        self._lock = threading.RLock()

    def generate(self, token: str, algorithm: Algorithm, key_id: bytes, label: str) -> tuple[KeyReference, str]:
        """Makes a key pair inside `token`. Returns where it is, and its public half as a Multikey.

        The private half cannot be read out, not even by us. Raises `HardwareUnavailable`.
        """
        with self._lock:
            session = self._session(token)
            try:
                parameters = session.create_domain_parameters(
                    _KEY_TYPE[algorithm],
                    {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(_CURVE[algorithm])},
                    local=True,
                )
                public, _private = parameters.generate_keypair(
                    mechanism=_GENERATION[algorithm],
                    store=True,
                    id=key_id,
                    label=label,
                    private_template={
                        pkcs11.Attribute.SENSITIVE: True,
                        pkcs11.Attribute.EXTRACTABLE: False,
                        pkcs11.Attribute.PRIVATE: True,
                    },
                )
                point = bytes(public[pkcs11.Attribute.EC_POINT])
            except PKCS11Error as error:
                self._forget()
                raise HardwareUnavailable(f"token {token!r} cannot make an {algorithm} key: {_said(error)}") from error
        return KeyReference(token, key_id), _multikey(algorithm, point)

    def signer(self, did: str, public_multibase: str, reference: KeyReference) -> "HardwareSigner":
        """The key at `reference`, whose public half is known. Nothing is asked of the token before it signs."""
        return HardwareSigner(did, public_multibase, reference, self)

    def sign(self, reference: KeyReference, algorithm: Algorithm, data: bytes) -> bytes:
        """The signature of the key at `reference` over `data`. Raises `HardwareUnavailable`."""
        with self._lock:
            is_fresh = reference.token not in self._sessions or self._process != os.getpid()
            try:
                return self._sign(reference, algorithm, data)
            except HardwareUnavailable:
                if is_fresh:
                    raise
            # The session that we had may have ended with the token: once more with a new one.
            return self._sign(reference, algorithm, data)

    def _sign(self, reference: KeyReference, algorithm: Algorithm, data: bytes) -> bytes:
        try:
            key = self._key(reference)
            match algorithm:
                case Algorithm.ED25519:
                    return bytes(key.sign(data, mechanism=pkcs11.Mechanism.EDDSA))
                case Algorithm.P256:
                    # CKM_ECDSA takes the hash and gives r and s, 32 bytes each: what the cryptosuite asks for.
                    return bytes(key.sign(sha256(data).digest(), mechanism=pkcs11.Mechanism.ECDSA))
        except PKCS11Error as error:
            self._forget()
            raise HardwareUnavailable(f"key {reference} did not sign: {_said(error)}") from error

    def _key(self, reference: KeyReference) -> SignMixin:
        session = self._session(reference.token)
        if reference not in self._keys:
            found = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, id=reference.id)
            if not isinstance(found, SignMixin):
                raise HardwareUnavailable(f"key {reference} is none that signs (got {type(found).__name__})")
            self._keys[reference] = found
        return self._keys[reference]

    def _session(self, token: str) -> pkcs11.Session:
        if self._process != os.getpid():
            # PKCS#11 2.40, 2.5: what a parent opened is not the child's.
            self._forget()
        if not self._sessions:
            self._load()
        if token not in self._sessions:
            self._sessions[token] = self._open(token)
        return self._sessions[token]

    def _forget(self) -> None:
        self._sessions, self._keys = {}, {}

    def _load(self) -> None:
        """Starts the library anew: logins are the whole process's, and an old one would be in the way."""
        if not self._library:
            raise HardwareUnavailable(
                "the key is in hardware and no PKCS#11 library is named (expected its path in REGISTRY_PKCS11_MODULE, e.g. "
                "/usr/lib/softhsm/libsofthsm2.so)"
            )
        try:
            library = pkcs11.lib(self._library)
            with suppress(PKCS11Error):
                library.finalize()
            library.initialize()
        except (PKCS11Error, RuntimeError, OSError) as error:
            raise HardwareUnavailable(f"PKCS#11 library {self._library} cannot be used: {_said(error)}") from error
        self._process = os.getpid()

    def _open(self, token: str) -> pkcs11.Session:
        """Logs in to `token`, with a PIN that it did not refuse before in this process. Raises `HardwareUnavailable`."""
        library = pkcs11.lib(self._library)
        try:
            labels = [found.label for found in library.get_tokens()]
            if labels.count(token) != 1:
                raise HardwareUnavailable(
                    f"{labels.count(token)} tokens are labelled {token!r}, expected one "
                    f"({self._library} has {', '.join(label for label in labels if label) or 'none'})"
                )
            pin = self._pin()
            tried = (token, sha256(pin.encode()).digest())
            if tried in self._refused:
                raise HardwareUnavailable(
                    f"{_not_opened(token, self._refused[tried])}: this PIN was refused before; not tried again until it is "
                    "another one or the process is restarted, since a token locks after a few wrong ones"
                )
            try:
                return library.get_token(token_label=token).open(rw=True, user_pin=pin)
            except _REFUSALS as error:
                self._refused[tried] = _said(error)
                raise
        except PKCS11Error as error:
            raise HardwareUnavailable(_not_opened(token, _said(error))) from error


@dataclass(frozen=True, slots=True)
class HardwareSigner:
    """`issuers.signer.Signer` by a key in hardware."""

    did: str
    public_multibase: str
    reference: KeyReference
    _hardware: Hardware

    @property
    def verification_method(self) -> str:
        return f"{self.did}#{self.public_multibase}"

    @property
    def cryptosuite(self) -> str:
        return cryptosuite_of(decode_public_key(self.public_multibase))

    def sign(self, data: bytes) -> bytes:
        return self._hardware.sign(self.reference, algorithm_of(self.public_multibase), data)

    def __repr__(self) -> str:
        return f"HardwareSigner({self.verification_method}, {self.reference})"


def _multikey(algorithm: Algorithm, point: bytes) -> str:
    """The Multikey of `CKA_EC_POINT`: the point in a DER octet string, or bare, as older tokens give it."""
    size = _POINT_BYTES[algorithm]
    if len(point) == size + 2 and point[0] == _OCTET_STRING and point[1] == size:
        point = point[2:]
    if len(point) != size:
        raise HardwareUnavailable(f"public half of the new key is no {algorithm} point ({len(point)} bytes)")
    if algorithm is Algorithm.ED25519:
        return encode_public_key(Ed25519PublicKey.from_public_bytes(point))
    return encode_public_key(EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point))


def _not_opened(token: str, said: str) -> str:
    """That `token` answered a login with `said`, and where its PIN is set."""
    return f"token {token!r} cannot be opened: {said} (its PIN is read from REGISTRY_PKCS11_PIN or REGISTRY_PKCS11_PIN_FILE)"


def _said(error: Exception) -> str:
    """What the library said: its errors often have a name and no words."""
    return f"{type(error).__name__} {error}".strip()
