"""The licence credential that an authority's system sends to be issued, as JSON Schema, and an example of it."""

from registry.translation import marked as _
from registry.web.openapi_parts import Node, ref
from vocab.resource import did_web, license_type_iri
from vocab.terms import CREDENTIALS_V2, LICENSE_CREDENTIAL, license_context


def _told(schema: Node, description: str) -> Node:
    return {**schema, "description": description}


def _object(properties: Node, *required: str) -> Node:
    return {"type": "object", "required": list(required), "properties": properties}


_TEXT: Node = {"type": "string"}
_TEXTS: Node = {"type": "array", "items": _TEXT}
_IN_ONE: Node = {"anyOf": [_TEXT, _TEXTS]}
_LANGUAGES: Node = {"type": "object", "properties": {"th": _TEXT, "en": _TEXT}}
_DAY: Node = {"type": "string", "format": "date"}
_NAMED: Node = {"anyOf": [_TEXT, _object({"id": _TEXT}, "id")]}

_LICENSEE = _object(
    {
        "type": {"enum": ["Organization", "Person"]},
        "legalName": _told(_LANGUAGES, _("The name of an organization.")),
        "juristicId": _told(_TEXT, _("The 13 digits of a juristic person.")),
        "fullName": _told(_LANGUAGES, _("The name of a person; it is masked as the type says.")),
    },
    "type",
)
_PREMISES = _object(
    {
        "type": {"const": "Premises"},
        "placeName": _LANGUAGES,
        "address": _object(
            {
                "type": {"const": "Address"},
                "streetAddress": _TEXT,
                "subdistrict": _TEXT,
                "district": _TEXT,
                "province": _TEXT,
                "postalCode": _TEXT,
            }
        ),
        "within": _told({"type": "array", "items": _NAMED}, _("The subdistrict, as its address here.")),
        "latitude": _told(_TEXT, _("Degrees, as a text; only together with the longitude.")),
        "longitude": _TEXT,
    }
)
_FACE = _object(
    {
        "id": _told(
            _TEXT, _("The address of the licence. The register knows it: leave it out, or send the right one.")
        ),
        "type": {"const": "License"},
        "licenseNumber": _told(_TEXT, _("The number exactly as it is printed.")),
        "licenseType": _told(_NAMED, _("The address of the type of licence, one that the authority may grant.")),
        "licensee": {"type": "array", "items": _LICENSEE},
        "premises": {"type": "array", "items": _PREMISES},
        "activity": _told(
            {"type": "object", "properties": {"th": _IN_ONE, "en": _IN_ONE}}, _("The activity or activities.")
        ),
        "condition": _told(_TEXTS, _("The conditions, one text each.")),
        "faceItem": _told(
            {"type": "array", "items": _object({"code": _TEXT, "value": _TEXT}, "code", "value")},
            _("Further items of the face of this type."),
        ),
        "issuedOn": _told(_DAY, _("In the Common Era, such as 2026-11-21; not in the future.")),
        "effectiveFrom": _told(_DAY, _("The first day.")),
        "expiresOn": _told(_DAY, _("The last day.")),
        "noExpiry": _told({"const": True}, _("Instead of a last day, where the law knows none.")),
        "renews": _told(_NAMED, _("The address of the licence that this one renews.")),
        "alias": _told(_TEXTS, _("Other numbers of the same licence.")),
    },
    "licenseNumber",
    "licenseType",
)

LICENSE_SCHEMAS: dict[str, Node] = {
    "LicenseFace": _FACE,
    "LicenseToIssue": {
        "type": "object",
        "required": ["@context", "type", "issuer", "credentialSubject"],
        "properties": {
            "@context": _told(_TEXTS, _("Exactly these two: see the example.")),
            "type": {"const": ["VerifiableCredential", LICENSE_CREDENTIAL]},
            "issuer": _told(_NAMED, _("The DID of the token's authority.")),
            "credentialSubject": ref("LicenseFace"),
            "proof": False,
        },
    },
    "LicenseIssueRequest": {
        "type": "object",
        "required": ["credential"],
        "additionalProperties": False,
        "properties": {"credential": ref("LicenseToIssue"), "options": ref("IssueOptions")},
    },
}


def license_example(base: str) -> Node:
    """A licence credential as an authority of the register at `base` may send it."""
    return {
        "@context": [CREDENTIALS_V2, license_context(base)],
        "type": ["VerifiableCredential", LICENSE_CREDENTIAL],
        "issuer": did_web(base, "lao-06480115"),
        "credentialSubject": {
            "type": "License",
            "licenseNumber": "12/2567",
            "licenseType": license_type_iri(base, "food-premises"),
            "licensee": [{"type": "Organization", "legalName": {"th": "บริษัท ตัวอย่าง จำกัด"}}],
            "premises": [{"type": "Premises", "placeName": {"th": "ร้านตัวอย่าง"}, "address": {"province": "นครพนม"}}],
            "issuedOn": "2024-03-01",
            "effectiveFrom": "2024-03-01",
            "expiresOn": "2027-02-28",
        },
    }


def examples(base: str) -> dict[str, Node]:
    """What may be sent to each operation, by its name. The proof of what is to be verified is made up."""
    credential = license_example(base)
    issue: Node = {"credential": credential}
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2024-03-01T02:00:00Z",
        "verificationMethod": f"{credential['issuer']}#z6Mk...",
        "proofPurpose": "assertionMethod",
        "proofValue": "z...",
    }
    secured = {**credential, "proof": proof}
    presentation = {
        "@context": [CREDENTIALS_V2],
        "type": ["VerifiablePresentation"],
        "holder": "did:key:z6Mk...",
        "verifiableCredential": [secured],
        "proof": {**proof, "verificationMethod": "did:key:z6Mk...#z6Mk...", "proofPurpose": "authentication"},
    }
    return {
        "issueCredential": issue,
        "issueInSandbox": {
            "credential": {
                "@context": [CREDENTIALS_V2],
                "type": ["VerifiableCredential"],
                "issuer": "did:example:issuer",
                "credentialSubject": {"id": "did:example:subject"},
            }
        },
        "verifyCredential": {"verifiableCredential": secured},
        "verifyPresentation": {"verifiablePresentation": presentation, "options": {"challenge": "7d1f"}},
    }
