"""`GET /api/v1/authorities` and `/api/v1/types`: who grants which licences, by which law, and what stands on them."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from registry import urls
from registry.api.license_list import (
    Query,
    limit_of,
    next_page,
    one_of,
    require_authority,
    require_type,
    single_values,
)
from registry.intake.plain import MemberRefused
from registry.search.counting import Counts
from registry.store import Store
from vocab import resource
from vocab.authority import AUTHORITY_CODE, TYPE_CODE, GazetteAnnouncement, Level, LicenseType, LicensingAuthority
from vocab.license import LocalText

AUTHORITY_FILTERS = ("ministry", "type", "level", "after", "limit")
TYPE_FILTERS = ("authority", "after", "limit")
PAGE = 100
MAX_PAGE = 1_000


def list_authorities(store: Store, query: Query) -> dict[str, Any]:
    """One page of the authorities by their codes: those of a ministry, of a level, that grant a type. Raises `MemberRefused`."""
    given = single_values(query, AUTHORITY_FILTERS)
    level, after = one_of(given, "level", [level.value for level in Level]), given.get("after", "")
    ministry, license_type = given.get("ministry", ""), given.get("type", "")
    if after and not AUTHORITY_CODE.fullmatch(after):
        raise MemberRefused("/after", f"the code of an authority is expected here (got {after[:60]!r})")
    require_type(store, license_type)
    limit = limit_of(given, PAGE, MAX_PAGE)
    listed = store.authorities(after=after, limit=limit + 1, ministry=ministry, level=level, license_type=license_type)
    more = next_page(store.base, urls.api_authorities(), query, listed[limit - 1].code) if listed[limit:] else None
    return {"authorities": [authority_row(store.base, item) for item in listed[:limit]], "next": more}


def list_types(store: Store, query: Query) -> dict[str, Any]:
    """One page of the types by their codes: all, or those that an authority may grant. Raises `MemberRefused`."""
    given = single_values(query, TYPE_FILTERS)
    authority, after = given.get("authority", ""), given.get("after", "")
    if after and not TYPE_CODE.fullmatch(after):
        raise MemberRefused("/after", f"the code of a type is expected here (got {after[:60]!r})")
    code = require_authority(store, authority).code if authority else ""
    granted = {mandate.type for mandate in store.mandates(authority=code)} if code else None
    found = (item for item in store.license_types() if item.code > after and (granted is None or item.code in granted))
    limit = limit_of(given, PAGE, MAX_PAGE)
    listed = list(islice(found, limit + 1))
    more = next_page(store.base, urls.api_types(), query, listed[limit - 1].code) if listed[limit:] else None
    return {"types": [type_row(store.base, item) for item in listed[:limit]], "next": more}


def authority_row(base: str, authority: LicensingAuthority) -> dict[str, Any]:
    """An authority in a list."""
    code = authority.code
    return {
        "iri": resource.authority_iri(base, code),
        "code": code,
        "other_codes": list(authority.other_codes),
        "name": _text(authority.name),
        "level": authority.level.value,
        "ministry": _text(authority.ministry) if authority.ministry else None,
        "province_code": authority.province_code,
        "homepage": authority.homepage,
        "did": resource.did_web(base, code),
        "links": {
            "self": base + urls.api_authority(code),
            "licenses": f"{base}{urls.api_licenses()}?{urls.query([('authority', code)])}",
            **_documents(base, urls.authority_document, code),
        },
    }


def authority_view(store: Store, authority: LicensingAuthority, counts: Counts) -> dict[str, Any]:
    """An authority, what it grants, how many of each are public and in which status, and its announcements."""
    code, base = authority.code, store.base
    return {
        **authority_row(base, authority),
        "types": [
            {"code": mandate.type, "licenses": counts.of(code, mandate.type)}
            for mandate in store.mandates(authority=code)
        ],
        "statuses": counts.by_status(),
        "announcements": [_announcement(base, code, item) for item in store.announcements(code)],
    }


def type_row(base: str, license_type: LicenseType) -> dict[str, Any]:
    """A type of licence in a list."""
    code = license_type.code
    return {
        "iri": resource.license_type_iri(base, code),
        "code": code,
        "name": _text(license_type.name),
        "display_required": license_type.display_required,
        "legal_basis": [
            {
                "iri": resource.law_iri(base, provision.code),
                "code": provision.code,
                "title": _text(provision.title),
                "section": provision.section,
            }
            for provision in license_type.legal_basis
        ],
        "links": {
            "self": base + urls.api_type(code),
            "licenses": f"{base}{urls.api_licenses()}?{urls.query([('type', code)])}",
            "authorities": f"{base}{urls.api_authorities()}?{urls.query([('type', code)])}",
            **_documents(base, urls.type_document, code),
        },
    }


def type_view(base: str, license_type: LicenseType, counts: Counts) -> dict[str, Any]:
    """A type of licence, the items on its face with how much of each is disclosed of a person, and how many are public."""
    return {
        **type_row(base, license_type),
        "face": [
            {
                "field": item.field.value,
                "code": item.code,
                "label": _text(item.label),
                "required": item.required,
                "disclosure": item.disclosure.value,
            }
            for item in license_type.face
        ],
        "licenses": counts.total,
        "statuses": counts.by_status(),
    }


def _announcement(base: str, authority: str, item: GazetteAnnouncement) -> dict[str, Any]:
    return {
        "iri": resource.announcement_iri(base, authority, item.code),
        "code": item.code,
        "title": _text(item.title),
        "types": list(item.types),
        "gazette_ref": item.gazette_ref,
        "published_on": item.published_on and item.published_on.isoformat(),
        "in_force_from": item.in_force_from and item.in_force_from.isoformat(),
        "online_copy": item.online_copy,
    }


def _documents(
    base: str, address: Any, code: str, forms: Iterable[str] = ("html", "jsonld", "ttl", "nt")
) -> dict[str, str]:
    return {form: base + address(code, form) for form in forms}


def _text(text: LocalText) -> dict[str, str]:
    return {"th": text.th, "en": text.en}
