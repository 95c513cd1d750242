"""The authorities and types that a person may mean: by their name, code or address."""

import re
from collections.abc import Iterator

from sqlalchemy import select

from registry.search.exact import typed
from registry.search.folding import fold
from registry.store import Store
from registry.tables import AuthorityRow, LicenseTypeRow
from vocab.authority import LicenseType, LicensingAuthority

Grantor = LicensingAuthority | LicenseType
MOST = 3
"""Where more have the words in their name, nobody can tell which is meant."""
LOOKED_AT = 50
SHORTEST = 4
_CODE = re.compile(r"[a-z0-9.-]{1,100}")
_ADDRESS = re.compile(r".*/(?:(?:id|doc/[a-z]+)/(?:auth|type)|def/license-type)/([a-z0-9.-]{1,100})(?:\?.*)?")


def granting(store: Store, query: str) -> list[Grantor]:
    """Those with this code or address; else those with exactly this name; else the few that have it in their name."""
    text = typed(query)
    address = _ADDRESS.fullmatch(text)
    code = address.group(1) if address else text.lower()
    if _CODE.fullmatch(code):
        coded: tuple[Grantor | None, ...] = (store.authority(code), store.license_type(code))
        if any(coded):
            return [each for each in coded if each is not None]
    folded = fold(text)
    if len(folded) < SHORTEST:
        return []
    exact = [each for each in _having(store, f'"{text}"') if folded in _names(each)]
    if exact:
        return exact[:MOST]
    near = list(_having(store, text))
    named = [each for each in near if any(folded in name for name in _names(each))]
    return named if len(near) < LOOKED_AT and len(named) <= MOST else []


def _having(store: Store, text: str) -> Iterator[Grantor]:
    """Those in whose stored text this stands, perhaps not in their name."""
    authorities = select(AuthorityRow.document).where(AuthorityRow.document.icontains(text, autoescape=True))
    for document in store.session.scalars(authorities.order_by(AuthorityRow.code).limit(LOOKED_AT)):
        yield store.codec.load(document, LicensingAuthority)
    types = select(LicenseTypeRow.document).where(LicenseTypeRow.document.icontains(text, autoescape=True))
    for document in store.session.scalars(types.order_by(LicenseTypeRow.code).limit(LOOKED_AT)):
        yield store.codec.load(document, LicenseType)


def _names(grantor: Grantor) -> tuple[str, ...]:
    return tuple(fold(name) for name in (grantor.name.th, grantor.name.en) if name)
