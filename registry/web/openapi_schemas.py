"""The JSON that the service reads and answers, as JSON Schema (draft 2020-12), for `registry.web.openapi`."""

from typing import Any

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
            "pointer": {"type": "string", "description": "The member that was refused (RFC 6901)."},
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
            "options": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "format": {"enum": ["application/vc", "application/vc+jwt"]},
                    "cryptosuite": {"enum": ["eddsa-rdfc-2022", "ecdsa-rdfc-2019"], "description": "Sandbox only."},
                },
            },
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
    "Verification": {
        "description": "`verdict` keeps apart: genuine, in force, as of when, not checked. An unreadable request has none.",
        "type": "object",
        "required": ["verified"],
        "properties": {
            "verified": {"type": "boolean"},
            "verdict": {"type": "object"},
            "problemDetails": {"type": "array", "items": {"$ref": "#/components/schemas/Problem"}},
        },
        "if": {"properties": {"verified": {"const": False}}},
        "then": {"required": ["problemDetails"]},
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
