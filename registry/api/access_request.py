"""The links to a licence's document as plain JSON, in both directions."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from registry import urls
from registry.access.acts import set_links, told
from registry.access.checks import NOT_YET, Check, checks_of
from registry.access.link import Link, Origin
from registry.access.links import By
from registry.intake.plain import MemberRefused, read_members
from registry.register import Register
from registry.services import NoSuchLicense
from registry.store import Store
from registry.tokens import AccessToken, NotPermitted, TokenScope
from registry.web.pages import require_shown
from verify.document import Document, json_kind
from vocab.access import AccessRefused, LicenseAccess, parse_access
from vocab.graph import date_time
from vocab.iri import LicenseIri

MEMBERS = ("rights", "access_url", "download_url", "media_type", "digest")
"""Of a link that is sent."""


def read_links(body: bytes) -> list[LicenseAccess]:
    """The links in `{"links": [...]}`. Raises `MemberRefused`, `AccessRefused`."""
    document = read_members(body)
    unknown = document.keys() - {"links"}
    if unknown:
        raise MemberRefused(f"/{min(unknown)}", "there is no such member; the one member is links")
    sent = document.get("links")
    if not isinstance(sent, list):
        raise MemberRefused("/links", f"a list is expected here; an empty one withdraws all (got {json_kind(sent)})")
    return [_link(each, f"/links/{number}") for number, each in enumerate(sent)]


def _link(sent: object, pointer: str) -> LicenseAccess:
    if not isinstance(sent, dict):
        raise MemberRefused(pointer, f"an object is expected here (got {json_kind(sent)})")
    for name, value in sent.items():
        if name not in MEMBERS:
            raise MemberRefused(f"{pointer}/{name}", f"there is no such member; there are {', '.join(MEMBERS)}")
        if not isinstance(value, str):
            raise MemberRefused(f"{pointer}/{name}", f"a text is expected here (got {json_kind(value)})")
    try:
        return parse_access(**{"rights": "", **sent})
    except AccessRefused as error:
        raise error.at(pointer) from error


def put_links(register: Register, caller: AccessToken, iri: LicenseIri, wanted: Sequence[LicenseAccess]) -> Document:
    """Makes `wanted` all declared links of the caller's licence. Returns what it has then. Raises as `set_links`."""
    require_own(caller, iri)
    set_links(register, iri, wanted, By(token_id=caller.id))
    return links_view(register, iri)


def require_own(caller: AccessToken, iri: LicenseIri) -> None:
    """Raises `NotPermitted` unless the licence is of the caller's authority, and the token is for publishing."""
    caller.require(TokenScope.PUBLISH)
    if iri.authority != caller.authority:
        raise NotPermitted(f"this token is of {caller.authority} (got a licence of {iri.authority})")


def links_view(register: Register, iri: LicenseIri) -> Document:
    """The links that the public is told, with what was found at them. Raises `NoSuchLicense`, `RecordWithdrawn`."""
    with register.database.reading() as session:
        store = register.store(session)
        record = store.find(iri)
        if record is None:
            raise NoSuchLicense(f"no licence in this register has the IRI {iri}")
        require_shown(store, record, iri.number)
        return _view(session, store, iri, told(store, record))


def _view(session: Session, store: Store, iri: LicenseIri, links: Sequence[Link]) -> Document:
    checks = checks_of(session, (each.target for each in links))
    return {
        "license": str(iri),
        "links": [_node(iri, each, checks) for each in links],
        "page": store.base + urls.license_document(iri, "html"),
    }


def _node(iri: LicenseIri, link: Link, checks: Mapping[int, Check]) -> Document:
    access, check = link.access, checks.get(link.target or 0, NOT_YET)
    node: dict[str, Any] = {
        "id": iri.fragment("access", link.number),
        "origin": link.origin.value,
        "rights": access.rights.value,
        "access_url": access.access_url,
        "download_url": access.download_url,
        "media_type": access.media_type,
        "digest": access.digest,
        "size": link.declared.size or None,
        "since": date_time(link.at),
    }
    if link.origin is not Origin.FILE:
        node["last_attempt"] = _attempt(check)
        node["last_good"] = _good(check)
    return {name: value for name, value in node.items() if value not in ("", None) or name.startswith("last_")}


def _attempt(check: Check) -> Document | None:
    if check.attempted_at is None:
        return None
    return {"at": date_time(check.attempted_at), "outcome": check.outcome.value, "message": check.words % check.details}


def _good(check: Check) -> Document | None:
    if check.good_at is None:
        return None
    found = {"at": date_time(check.good_at), "media_type": check.media_type, "size": check.size}
    return {name: value for name, value in found.items() if value not in ("", None)}
