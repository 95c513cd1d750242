"""The IRIs of everything but licences, and the DIDs of authorities. `base` is the instance's, without trailing slash."""

from urllib.parse import quote


def authority_iri(base: str, code: str) -> str:
    return f"{base}/id/auth/{code}"


def license_type_iri(base: str, code: str) -> str:
    return f"{base}/def/license-type/{code}"


def license_type_scheme_iri(base: str) -> str:
    return f"{base}/def/license-type"


def law_iri(base: str, code: str) -> str:
    return f"{base}/id/law/{code}"


def announcement_iri(base: str, authority: str, code: str) -> str:
    return f"{base}/id/gazette/{authority}/{code}"


def organization_iri(base: str, juristic_id: str) -> str:
    return f"{base}/id/juristic/{juristic_id}"


def area_iri(base: str, code: str) -> str:
    """`code` has 2 (province), 4 (district) or 6 (subdistrict) digits."""
    return f"{base}/id/area/{code}"


def version_iri(base: str, sequence: int) -> str:
    """The IRI of one version of a licence; `sequence` is the register's own."""
    return f"{base}/ver/lic/{sequence}"


def credential_iri(base: str, credential_id: str) -> str:
    return f"{base}/vc/{credential_id}"


def status_list_iri(base: str, authority: str, purpose: str, number: int) -> str:
    return f"{base}/status/{authority}/{purpose}/{number}"


def did_web(base: str, authority: str) -> str:
    """The authority's DID (did:web): the port's colon is percent-encoded, path segments become colons.

    `https://id.example.go.th` and `lao-06480115` give `did:web:id.example.go.th:auth:lao-06480115`.
    """
    host = base.split("://", 1)[1]
    return f"did:web:{quote(host, safe='.-')}:auth:{authority}"
