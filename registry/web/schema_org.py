"""What a licence's page tells search engines in schema.org's words: no more than what stands on the page."""

from typing import Any

from registry import urls
from registry.translation import Language, translate
from registry.web.pages import LicensePage
from vocab.resource import area_iri, authority_iri

Node = dict[str, Any]


def described(page: LicensePage, base: str, lang: Language) -> Node:
    """The licence of a page as a schema:GovernmentPermit, for the page's own data block. Of what was disclosed only; `base` is
    the instance's."""
    license, authority = page.license, page.authority
    term, iri = license.term, license.iri
    node: Node = {
        "@context": "https://schema.org",
        "@type": "GovernmentPermit",
        "@id": str(iri),
        "url": base + urls.license_document(iri, "html"),
        "identifier": license.number,
        "name": f"{page.license_type.name.in_language(lang)} {license.number}",
        "description": translate(lang, page.band.words),
        "issuedBy": {
            "@type": "GovernmentOrganization",
            "@id": authority_iri(base, authority.code),
            "name": authority.name.in_language(lang),
            "url": base + urls.authority(authority.code),
        },
    }
    if authority.province_code:
        node["validIn"] = {"@type": "AdministrativeArea", "@id": area_iri(base, authority.province_code)}
    valid_from = term.valid_from or license.issued_on
    if valid_from:
        node["validFrom"] = valid_from.isoformat()
    if term.expires_on:
        node["validUntil"] = term.expires_on.isoformat()
    return node
