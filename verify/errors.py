"""What can go wrong in a verification.

    VerificationError            the document proves itself wrong: the answer is "no"
    ├── MalformedDocument        not the JSON that is needed (size, depth, duplicate keys, ...)
    │   ├── NotJson              no JSON object at all
    │   ├── MalformedCredential  JSON, but not a credential
    │   ├── MalformedCompact     what a QR code holds, and not as it is written
    │   ├── MalformedProof       a proof that does not have the needed form
    │   ├── MalformedPresentation  JSON, but not a presentation, or not the one that was asked for
    │   └── MalformedStatusList  a status list that is short, broken or for another purpose
    ├── InvalidSignature         the proof value does not fit the document and the key
    ├── IssuerMismatch           the key is not the issuer's
    ├── UnknownIssuer            the issuer is none of the register's authorities
    ├── KeyNotUsable             the key was revoked, had expired or is for another purpose
    ├── ProofExpired             the proof says itself that it is no longer good
    └── NotMandated              the issuer has no right to grant this type of license
    CouldNotCheck                something needed was not at hand: the answer is "unknown"
    ├── NoDigits                 the code of a licence, with nothing in it that is signed
    ├── DisplayOver              the code was made for a screen, and its minute is over
    ├── DisplayAhead             the code was made for a screen, and by the clock here its minute has not come
    ├── NotIssued                the same, and no licence had it when what is known was made: false, or newer
    ├── PackRefused              an inspector pack cannot be used
    │   ├── PackMalformed        it is no pack, or one of another release
    │   ├── PackAltered          its signature does not fit, or a part is not the one that it names
    │   ├── PackOfAnotherKey     it is signed by another key than the one that is expected
    │   ├── PackOlder            it is older than the pack that is already there
    │   └── PackExpired          it is too old to be used at all
    ├── NotACredential           something else altogether: a page, a picture, another kind of document
    ├── MalformedRequest         the request is not of the form that is expected; it says nothing about what was to be checked
    ├── NoTrustData              nothing says which keys to trust
    ├── KeyUnknown               the issuer is known, this key of its is not (yet)
    ├── UnknownMethod            a cryptosuite, algorithm or kind of key that this verifier does not know
    ├── ResolutionFailed         the keys of an issuer that is not of the register could not be found
    ├── StatusUnavailable        the status list is missing, too old or could not be fetched
    ├── ContextUnavailable       a context that is known by its hash is not installed here, or not as it should be
    │   └── ContextUnknown       a context that this verifier has never seen: it fetches none
    ├── BeyondBounds             it is larger or more entangled than this verifier takes
    └── FetchFailed              a document could not be fetched

Every error has a stable `code` (kebab-case, named in the OpenAPI document and the translations) and says what was found and
what was expected. `VerificationError` and `CouldNotCheck` share no parent on purpose: "fake" and "do not know" must
never be caught together by accident.
"""

from typing import ClassVar


class VerificationError(Exception):
    """The document is not what it claims to be. `code` is stable; `str()` is English and for engineers."""

    code: ClassVar[str] = "verification-failed"


class MalformedDocument(VerificationError):
    code = "malformed-document"


class NotJson(MalformedDocument):
    """A leaf without a code of its own: for those who ask whether there was anything to check."""


class MalformedCredential(MalformedDocument):
    code = "malformed-credential"


class MalformedCompact(MalformedDocument):
    code = "malformed-compact"


class MalformedProof(MalformedDocument):
    code = "malformed-proof"


class MalformedPresentation(MalformedDocument):
    code = "malformed-presentation"


class MalformedStatusList(MalformedDocument):
    code = "malformed-status-list"


class InvalidSignature(VerificationError):
    code = "invalid-signature"


class IssuerMismatch(VerificationError):
    code = "issuer-mismatch"


class UnknownIssuer(VerificationError):
    code = "unknown-issuer"


class KeyNotUsable(VerificationError):
    code = "key-not-usable"


class ProofExpired(VerificationError):
    code = "proof-expired"


class NotMandated(VerificationError):
    code = "not-mandated"


class CouldNotCheck(Exception):
    """Something that the check needs is not at hand. It says nothing about the document."""

    code: ClassVar[str] = "could-not-check"


class NoDigits(CouldNotCheck):
    code = "no-digits"


class DisplayOver(CouldNotCheck):
    code = "display-over"


class DisplayAhead(CouldNotCheck):
    code = "display-ahead"


class NotIssued(CouldNotCheck):
    code = "not-issued"


class PackRefused(CouldNotCheck):
    code = "pack-refused"


class PackMalformed(PackRefused):
    code = "pack-malformed"


class PackAltered(PackRefused):
    code = "pack-altered"


class PackOfAnotherKey(PackRefused):
    code = "pack-other-key"


class PackOlder(PackRefused):
    code = "pack-older"


class PackExpired(PackRefused):
    code = "pack-expired"


class NotACredential(CouldNotCheck):
    code = "not-a-credential"


class MalformedRequest(CouldNotCheck):
    code = "malformed-request"


class NoTrustData(CouldNotCheck):
    code = "no-trust-data"


class KeyUnknown(CouldNotCheck):
    code = "key-unknown"


class UnknownMethod(CouldNotCheck):
    code = "unknown-method"


class ResolutionFailed(CouldNotCheck):
    code = "resolution-failed"


class StatusUnavailable(CouldNotCheck):
    code = "status-unavailable"


class ContextUnavailable(CouldNotCheck):
    code = "context-unavailable"


class ContextUnknown(ContextUnavailable):
    code = "context-unknown"


class BeyondBounds(CouldNotCheck):
    code = "beyond-bounds"


class FetchFailed(CouldNotCheck):
    code = "fetch-failed"
