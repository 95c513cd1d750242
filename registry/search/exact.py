"""The licence at an address, and those that bear a number in any spelling."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from sqlalchemy import Select, select

from issuers.qr import CHECK_ID
from registry.federation.linking import originals_here
from registry.record import LicenseRecord
from registry.store import Store
from registry.tables import AliasRow, LicenseRow
from registry.urls import canonical_tail
from vocab.iri import MalformedIri, lookup_key, parse_license_tail, registered, weak_key
from vocab.thai import normalize_text

MOST = 20
"""So many licences that bear one number are given out."""
MAX_QUERY = 500
_TAIL = re.compile(r"/(?:id|doc/[a-z]+)/lic/(.+)")
_HOST = re.compile(r"[\w.-]+(?::\d{1,5})?/(?:id|doc|c)/", re.IGNORECASE)
"""How an address begins whose scheme was left out."""
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""What no database stores: it finds nothing and must not fail either."""
_CHECK = re.compile(r"/c/([0-9a-z]{26})", re.IGNORECASE)


def readable(query: str) -> str:
    """As much of a query as is looked at, without what no database stores."""
    return _NO_TEXT.sub(" ", query[:MAX_QUERY])


def typed(query: str) -> str:
    return normalize_text(readable(query))


def find_exact(store: Store, query: str) -> tuple[tuple[LicenseRecord, ...], bool]:
    """The licence at an address, or those that bear a number; and whether there are more than these."""
    text = typed(query)
    addressed = _addressed(store, text)
    if addressed is not None:
        return (addressed,), False
    # Verbatim first: a number that has only signs has no key. Others of the same key follow, since what is printed in Thai
    # digits is often typed in others: whoever looks must see that there are two.
    number = registered(readable(query))
    # With the key that the number has, which the tables are indexed by: the number alone would be looked for in all of them.
    verbatim = _ids_by(store, number=number, key=lookup_key(number)) if number else []
    spelled = _ids_by(store, key=lookup_key(text))
    return _load(store, list(dict.fromkeys([*verbatim, *spelled])))


def bearing(store: Store, query: str) -> Select[int] | Sequence[int]:
    """The ids of what `find_exact` finds, however many there are. A number that has only signs is looked for as it is."""
    addressed = _addressed(store, typed(query))
    if addressed is not None:
        return [addressed.id]
    key, plain = lookup_key(typed(query)), registered(readable(query))
    return _bearing(key=key) if key else _bearing(key=key, number=plain)


def find_nearly(store: Store, query: str) -> tuple[tuple[LicenseRecord, ...], bool]:
    """Licences whose number is nearly the one that was typed: leading zeros, labels, the year's digits. And whether there are
    more than these."""
    return _load(store, _ids_by(store, weak_key=weak_key(typed(query))))


def find_withdrawn(store: Store, query: str) -> tuple[LicenseRecord, ...]:
    """The records of a number (or an address) that are not shown any more. `search` does not find them."""
    text = readable(query)
    addressed = _by_address(store, normalize_text(text))
    number = registered(text)
    found = (addressed,) if addressed else tuple(store.records(_ids_by(store, number=number, key=lookup_key(number))))
    return tuple(record for record in found if not record.is_shown)


def _addressed(store: Store, text: str) -> LicenseRecord | None:
    address = f"https://{text}" if _HOST.match(text) else text
    return (find_by_original(store, address) or _by_address(store, address)) if text else None


def _by_address(store: Store, text: str) -> LicenseRecord | None:
    path = _path(text)
    match = _CHECK.fullmatch(path)
    bare = text.upper()
    if match or CHECK_ID.fullmatch(bare):
        return store.find_by_check_id(match.group(1).upper() if match else bare)
    tail = _TAIL.fullmatch(path)
    if tail is None:
        return None
    try:
        return store.find(parse_license_tail(store.base, canonical_tail(tail.group(1))))
    except MalformedIri:
        return None


def find_by_original(store: Store, text: str) -> LicenseRecord | None:
    """The licence here that is the one at an address of another register."""
    if "://" not in text or text.startswith(f"{store.base}/"):
        return None
    match = _TAIL.fullmatch(_path(text))
    if match is None:
        return None
    before = text[: text.index("/", text.index("://") + 3)]
    ids = originals_here(store.session, f"{before}/id/lic/{canonical_tail(match.group(1))}")
    return next(iter(store.records(ids)), None) if len(ids) == 1 else None


def _path(text: str) -> str:
    if "://" not in text:
        return text
    try:
        return urlsplit(text).path
    except ValueError:
        # Such as `http://[`: no address, and perhaps part of a name.
        return text


def _ids_by(store: Store, **columns: str) -> Sequence[int]:
    if not any(columns.values()):
        return []
    return store.session.scalars(_bearing(**columns).limit(MOST + 1)).all()


def _bearing(**columns: str) -> Select[int]:
    licenses = select(LicenseRow.id).filter_by(**columns)
    aliases = select(AliasRow.license_id).filter_by(**columns)
    return select(licenses.union(aliases).subquery().c.id)


def _load(store: Store, ids: Sequence[int]) -> tuple[tuple[LicenseRecord, ...], bool]:
    return tuple(record for record in store.records(ids[:MOST]) if record.is_shown), len(ids) > MOST
