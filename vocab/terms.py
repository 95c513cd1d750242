"""The names that we put on the wire: one constant per namespace, class and code list.

`NAMESPACE` is the same in every instance, so that registers can be read together; instance data (licences,
authorities, types) lives under the instance's own base instead. See DECISIONS.md, "One namespace, many bases".
"""

NAMESPACE = "https://id.example.go.th/def/"
"""Our own vocabulary and code lists. Frozen before the first mint in production."""

LIC = NAMESPACE + "lic#"
LICENSE_STATUS = NAMESPACE + "license-status/"
RECORD_STATUS = NAMESPACE + "record-status/"
ACT_KIND = NAMESPACE + "act-kind/"

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
CREDENTIALS_V1 = "https://www.w3.org/2018/credentials/v1"
DATA_INTEGRITY_V2 = "https://w3id.org/security/data-integrity/v2"
"""Defines the terms of a proof for credentials of the data model 1.1, whose own context has none."""
LICENSE_CONTEXT_PATH = "/ctx/license/v1"
"""Where each instance serves the license context; its bytes are pinned by SHA-256 in `vocab.contexts`."""
DATA_CONTEXT_PATH = "/ctx/data/v1"
"""Where each instance serves the context of datasets and their catalogue, pinned in the same way."""

CATALOGUE_CONTEXT_PATH = "/ctx/catalogue/v1"
"""Where each instance serves the terms that only documents of the catalogue have. No credential uses them."""

LICENSE_CREDENTIAL = "LicenseCredential"
STATUS_LIST_CREDENTIAL = "BitstringStatusListCredential"
CRYPTOSUITE_EDDSA = "eddsa-rdfc-2022"
CRYPTOSUITE_ECDSA = "ecdsa-rdfc-2019"
"""With keys on P-256 only, for hardware that has no Ed25519."""

PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "cred": "https://www.w3.org/2018/credentials#",
    "cv": "http://data.europa.eu/m8g/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "lic": LIC,
    "locn": "http://www.w3.org/ns/locn#",
    "org": "http://www.w3.org/ns/org#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""Prefixes for Turtle, in the order in which they are printed."""


def license_context(base: str) -> str:
    """The URL of the license context in the instance at `base` (no trailing slash)."""
    return base + LICENSE_CONTEXT_PATH


def data_context(base: str) -> str:
    """The URL of the context of datasets in the instance at `base`."""
    return base + DATA_CONTEXT_PATH


def catalogue_contexts(base: str) -> list[str]:
    """The contexts of a document of the catalogue in the instance at `base`, in their order."""
    return [license_context(base), base + CATALOGUE_CONTEXT_PATH]
