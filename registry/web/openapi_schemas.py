"""The JSON that the service reads and answers, as JSON Schema (draft 2020-12), for `registry.web.openapi`."""

from typing import Any

from registry.translation import marked as _
from verify.errors import CouldNotCheck, VerificationError


def verify_codes() -> frozenset[str]:
    """The codes of all errors that a verdict may carry as its reason."""
    kinds: list[type[Exception]] = [VerificationError, CouldNotCheck]
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
    return frozenset(str(kind.__dict__["code"]) for kind in kinds if "code" in kind.__dict__)


_TEXT = {"type": "string"}
_URL_OR_NODE: dict[str, Any] = {
    "anyOf": [_TEXT, {"type": "object", "required": ["id"], "properties": {"id": _TEXT}}],
}
_ONE_OR_MORE: dict[str, Any] = {"anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}]}
_NAMES: dict[str, Any] = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]}
_CONTEXT: dict[str, Any] = {"type": "array", "minItems": 1, "items": {"anyOf": [_TEXT, {"type": "object"}]}}
_CREDENTIAL: dict[str, Any] = {
    "@context": _CONTEXT,
    "type": _NAMES,
    "issuer": _URL_OR_NODE,
    "credentialSubject": _ONE_OR_MORE,
}

_NO_REASONS = {"verification-failed", "could-not-check", "malformed-request"}
"""The parents of all, and what is said of a request and not of what is to be verified."""
_REASONS = tuple(sorted(verify_codes() - _NO_REASONS))
GENUINE_CODES = ("signed-by-authority", "recorded-before-revocation", "stranger", *_REASONS)
SIGNATURE_CODES = ("signed-by-issuer", *_REASONS)
ISSUER_CODES = ("authority-with-mandate", "authority", "stranger", "not-examined", *_REASONS)
IN_FORCE_CODES = (
    *("active", "pending", "expired", "suspended", "withdrawn"),
    *("expiry-not-stated", "status-unavailable", "status-unknown", "not-examined"),
)
"""The reasons that a verdict gives, by its parts; docs/errors.md says what they mean."""


def _part(description: str, codes: tuple[str, ...]) -> dict[str, Any]:
    return {
        "description": description,
        "allOf": [{"$ref": "#/components/schemas/Part"}],
        "properties": {"code": {"enum": list(codes)}},
    }


def _verification(verdict: str) -> dict[str, Any]:
    """The answer of an address that verifies."""
    return {
        "type": "object",
        "required": ["verified"],
        "properties": {
            "verified": {"type": "boolean", "description": _("Signed by its issuer, whoever that is, and in force.")},
            "verdict": {
                "$ref": f"#/components/schemas/{verdict}",
                "description": _("Not there where the request could not be read."),
            },
            "problemDetails": {"type": "array", "items": {"$ref": "#/components/schemas/Problem"}},
        },
        "if": {"properties": {"verified": {"const": False}}},
        "then": {"required": ["problemDetails"]},
    }


SCHEMAS: dict[str, Any] = {
    "Problem": {
        "description": "RFC 9457. `type` is stable; `title` is translated; `detail` says what was read and what was expected.",
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": _TEXT,
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
            "pointer": {"type": "string", "description": _("The member that was refused (RFC 6901).")},
        },
    },
    "UnsecuredCredential": {
        "type": "object",
        "required": ["@context", "type", "issuer", "credentialSubject"],
        "properties": {**_CREDENTIAL, "proof": False},
    },
    "SecuredCredential": {
        "type": "object",
        "required": ["@context", "type", "issuer", "credentialSubject", "proof"],
        "properties": {**_CREDENTIAL, "proof": _ONE_OR_MORE},
    },
    "EnvelopedCredential": {
        "type": "object",
        "required": ["@context", "id", "type"],
        "properties": {
            "@context": _CONTEXT,
            "id": {"type": "string", "pattern": "^data:application/(vc\\+)?jwt,"},
            "type": {"const": "EnvelopedVerifiableCredential"},
        },
    },
    "IssueRequest": {
        "type": "object",
        "required": ["credential"],
        "additionalProperties": False,
        "properties": {
            "credential": {"$ref": "#/components/schemas/UnsecuredCredential"},
            "options": {"$ref": "#/components/schemas/IssueOptions"},
        },
    },
    "IssueOptions": {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "format": {
                "enum": ["application/vc", "application/vc+jwt"],
                "description": _("With a proof, or in a JWS."),
            },
            "cryptosuite": {"enum": ["eddsa-rdfc-2022", "ecdsa-rdfc-2019"], "description": _("Sandbox only.")},
        },
    },
    "VerifyOptions": {
        "type": "object",
        "properties": {
            "challenge": _TEXT,
            "domain": _TEXT,
            "expectedProofPurpose": _TEXT,
            "checks": {"type": "array", "items": _TEXT},
        },
    },
    "VerifyCredentialRequest": {
        "type": "object",
        "required": ["verifiableCredential"],
        "additionalProperties": False,
        "properties": {
            "verifiableCredential": {
                "anyOf": [
                    {"$ref": "#/components/schemas/SecuredCredential"},
                    {"$ref": "#/components/schemas/EnvelopedCredential"},
                    {"type": "string", "description": "A bare JWT."},
                ]
            },
            "options": {"$ref": "#/components/schemas/VerifyOptions"},
        },
    },
    "VerifyPresentationRequest": {
        "type": "object",
        "required": ["verifiablePresentation"],
        "additionalProperties": False,
        "properties": {
            "verifiablePresentation": {
                "type": "object",
                "required": ["@context", "type"],
                "properties": {"@context": _CONTEXT, "type": _NAMES, "holder": _URL_OR_NODE},
            },
            "options": {"$ref": "#/components/schemas/VerifyOptions"},
        },
    },
    "Verification": _verification("Verdict"),
    "PresentationVerification": _verification("PresentationVerdict"),
    "Part": {
        "type": "object",
        "required": ["answer", "code", "detail"],
        "properties": {
            "answer": {"enum": ["yes", "no", "unknown"], "description": _("unknown: it could not be checked.")},
            "code": {"type": "string", "description": _("The reason; stable. docs/errors.md lists all.")},
            "detail": {"type": "string", "description": _("The reason in a sentence, for technicians.")},
        },
    },
    "NotChecked": {
        "type": "array",
        "items": {"type": "object", "required": ["code", "detail"], "properties": {"code": _TEXT, "detail": _TEXT}},
    },
    "Verdict": {
        "description": _("Its parts are never merged."),
        "type": "object",
        "required": ["genuine", "signature", "issuer", "inForce", "asOf", "checkedAt", "notChecked"],
        "properties": {
            "genuine": _part(_("Signed by an authority that may grant this."), GENUINE_CODES),
            "signature": _part(_("Signed by whoever it names as its issuer."), SIGNATURE_CODES),
            "issuer": _part(_("Whether the issuer is an authority of the register."), ISSUER_CODES),
            "inForce": _part(_("By its dates and its status."), IN_FORCE_CODES),
            "asOf": {"type": ["string", "null"], "description": _("How old the information on the status is.")},
            "checkedAt": _TEXT,
            "notChecked": {
                "$ref": "#/components/schemas/NotChecked",
                "description": _("What nobody should believe was checked."),
            },
        },
    },
    "PresentationVerdict": {
        "type": "object",
        "required": ["signature", "credentials", "checkedAt", "notChecked"],
        "properties": {
            "signature": _part(_("Signed by its holder."), ("signed-by-holder", *_REASONS)),
            "credentials": {"type": "array", "items": {"$ref": "#/components/schemas/Verdict"}},
            "checkedAt": _TEXT,
            "notChecked": {"$ref": "#/components/schemas/NotChecked"},
        },
    },
    "DidDocument": {
        "type": "object",
        "required": ["@context", "id", "verificationMethod", "assertionMethod"],
        "properties": {
            "@context": _CONTEXT,
            "id": {"type": "string", "pattern": "^did:web:"},
            "verificationMethod": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["id", "type", "controller", "publicKeyMultibase"],
                    "properties": {"type": {"const": "Multikey"}, "secretKeyMultibase": False},
                },
            },
        },
    },
    "Health": {
        "type": "object",
        "required": ["status"],
        "properties": {"status": _TEXT, "statusListAgeSeconds": {"type": "integer"}},
    },
    "SandboxIssuers": {
        "type": "object",
        "required": ["purpose", "issuers"],
        "properties": {
            "purpose": _TEXT,
            "issuers": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["id", "cryptosuite"],
                    "properties": {"id": {"type": "string", "pattern": "^did:key:"}, "cryptosuite": _TEXT},
                },
            },
        },
    },
}

SANDBOX_SCHEMAS = frozenset({"SandboxIssuers", "IssueRequest", "UnsecuredCredential"})
"""Those that only the sandbox's addresses need."""
