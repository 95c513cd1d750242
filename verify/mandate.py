"""The mandate: an authority may grant this type of license, and the license's IRI is one of its own."""

from verify.credential import Credential
from verify.errors import MalformedCredential, NotMandated
from verify.trust import Issuer, Trust
from vocab.iri import LicenseIri, MalformedIri, parse_license_iri
from vocab.resource import authority_iri, license_type_iri


def require_mandate(credential: Credential, authority: Issuer | None, trust: Trust) -> None:
    """Step 5 of `verify.verifier`. Raises `NotMandated`, and `MalformedCredential` for what names no license of a register."""
    if authority is None or not credential.is_license:
        return
    if credential.license_type not in authority.may_grant:
        raise NotMandated(f"{authority.did} may not grant this type (got {credential.license_type[:200]!r})")
    if credential.authority != authority.authority:
        raise NotMandated(
            f"the face names another authority (got {credential.authority[:200]!r}, expected {authority.authority!r})"
        )
    iri = _license_iri(credential, trust)
    if authority_iri(iri.base, iri.authority) != authority.authority:
        raise NotMandated(f"the license is in another authority's name space ({iri})")
    if license_type_iri(iri.base, iri.type) != credential.license_type:
        raise NotMandated(f"the license's IRI names another type ({iri})")
    if credential.subject.get("licenseNumber") != iri.number:
        raise MalformedCredential(f"the license's IRI names another number ({iri})")


def _license_iri(credential: Credential, trust: Trust) -> LicenseIri:
    text = str(credential.subject.get("id"))
    for base in trust.bases:
        if text.startswith(base + "/"):
            try:
                return parse_license_iri(base, text)
            except MalformedIri as error:
                raise MalformedCredential(f"the subject is no license IRI: {error}") from error
    raise MalformedCredential(f"the license is not of a register that we know ({text[:200]})")
