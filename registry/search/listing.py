"""Lists of licences, narrowed by words and by facets, in pages that go on by key.

The grams of an entry find candidates (`registry.search.index`); the entry itself decides. What a plain look at every entry would
find is found, and nothing else.
"""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import astuple, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from registry.grantors import of_ministry
from registry.search.entry import ACTIVITY, AUTHORITY, DISTRICT, INCOMPLETE, PROVINCE, STATUS, TYPE
from registry.search.exact import bearing
from registry.search.folding import AROUND, LINE, LONGEST, SHORTEST, facet_gram, fold, grams
from registry.search.holders import held_by
from registry.search.index import entries_having, is_among, streams
from registry.search.lists import licenses_with_findings
from registry.store import Store
from registry.tables import AuthorityRow, EntryRow, LicenseTypeRow

PAGE = 20
MAX_PAGE = 100
MAX_WORDS = 8
LOOKED_AT = 500
"""Of so many licences of a list its facets are counted; a longer list says that it is longer."""
WALKED = 2_000
"""So many entries are looked at in their order before an index is asked that cannot give out its finds one by one."""


class CursorRefused(ValueError):
    """The cursor is none that a list gave, or is of another list: in another order, or of other licences."""


class Sort(StrEnum):
    """The order of a list: the newest in the register first, by name (Thai before Latin as code points go), or by what changed
    last."""

    NEWEST = "newest"
    NAME = "name"
    CHANGED = "changed"


_ENTRY = EntryRow.__table__.c
_COLUMNS: tuple[ColumnElement[Any], ...] = (
    *(_ENTRY.license_id, _ENTRY.authority_id, _ENTRY.type_id, _ENTRY.province, _ENTRY.district),
    *(_ENTRY.status, _ENTRY.activities),
)
_KEYS: dict[Sort, tuple[ColumnElement[Any], ...]] = {
    Sort.NEWEST: (),
    Sort.NAME: (_ENTRY.name,),
    Sort.CHANGED: (_ENTRY.modified_at,),
}
"""What a cursor needs beside the id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which licences: all that are given must be so. `text` has words of which each is part of a name, number or place; of one
    character alone, none is looked for. `number` is one that the licence bears, in any spelling, or its address.
    `authorities` are codes, `ministry` is a name in Thai or English, `district` lies in `province`, and `holder` is a company's
    13-digit number. With
    `is_incomplete`, those that lack an item which is on every licence of their type; with `finding` (a gravity), those on which
    their authority's last list has such a finding; `among`, only licences with these ids."""

    text: str = ""
    number: str = ""
    authorities: tuple[str, ...] = ()
    ministry: str = ""
    type: str = ""
    province: str = ""
    district: str = ""
    status: str = ""
    activity: str = ""
    holder: str = ""
    is_incomplete: bool = False
    finding: str = ""
    among: tuple[int, ...] | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """What is looked for in the text, folded; each once."""
        folded = (fold(word.strip(AROUND))[:LONGEST] for word in self.text.split())
        return tuple(dict.fromkeys(word for word in folded if len(word) >= SHORTEST))[:MAX_WORDS]

    @property
    def digest(self) -> str:
        """A few characters that stand for all of this: a page goes on in the list that it is of."""
        said = replace(self, text=" ".join(self.words))
        return sha256(repr(astuple(said)).encode("utf-8", "surrogatepass")).hexdigest()[:12]

    @property
    def is_too_short(self) -> bool:
        """Whether something was typed, and nothing of it is long enough to be looked for."""
        return bool(self.text.strip()) and not self.words


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of a list. `after` continues it, None at its end.

    `seen` licences of the list were looked at for `facets` (facet to how many have each value); `is_all` says that these are
    the whole list.
    """

    ids: tuple[int, ...]
    after: str | None
    seen: int = 0
    is_all: bool = True
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def listing(
    store: Store, wanted: Wanted, *, sort: Sort = Sort.NEWEST, after: str | None = None, limit: int = PAGE
) -> Listing:
    """One page of the licences that are wanted. Facets are counted for the first page only. Raises `CursorRefused`."""
    if wanted.is_too_short:
        return Listing(ids=(), after=None)
    search = _Search(store, wanted, sort)
    last = _opened(after, wanted, sort) if after else None
    rows, is_all = search.rows(last, limit + 1 if last else max(LOOKED_AT, limit) + 1)
    found = tuple(row.license_id for row in rows[:limit])
    more = _closed(wanted, sort, rows[limit - 1]) if len(rows) > limit else None
    if last:
        return Listing(ids=found, after=more)
    return Listing(
        ids=found,
        after=more,
        seen=min(len(rows), max(LOOKED_AT, limit)),
        is_all=is_all,
        facets=_counted(store, rows),
    )


class _Search:
    """One list, asked page by page."""

    def __init__(self, store: Store, wanted: Wanted, sort: Sort) -> None:
        self._session: Session = store.session
        self._store = store
        self._wanted = wanted
        self._sort = sort

    def rows(self, last: tuple[Any, int] | None, count: int) -> tuple[list[Row[Any]], bool]:
        """So many entries of the list behind `last`, or fewer; and whether there are no others."""
        grams = self._grams()
        if not grams or streams(self._session):
            found = self._few(grams, last, count)
            return found, len(found) < count
        walked = self._walked(last, count)
        if len(walked) > PAGE:
            # Enough for a page: how many more there are is not worth looking through all of them.
            return walked, False
        found = self._few(grams, last, count)
        return found, len(found) < count

    def _few(self, grams: Sequence[int], last: tuple[Any, int] | None, count: int) -> list[Row[Any]]:
        query, license_id = _entries(self._session, grams, (*_COLUMNS, *_KEYS[self._sort]))
        query = query.where(*self._conditions()).order_by(*_order(self._sort, license_id)).limit(count)
        return list(
            self._session.execute(query if last is None else query.where(_behind(self._sort, last, license_id)))
        )

    def _walked(self, last: tuple[Any, int] | None, count: int) -> list[Row[Any]]:
        """Those of the next entries in their order that are of the list."""
        license_id = EntryRow.license_id.expression
        order = _order(self._sort, license_id)
        near = select(EntryRow.license_id).order_by(*order).limit(WALKED)
        ids = near if last is None else near.where(_behind(self._sort, last, license_id))
        chosen = select(*_COLUMNS, *_KEYS[self._sort]).where(is_among(ids), *self._conditions())
        return list(self._session.execute(chosen.order_by(*order).limit(count)))

    def _conditions(self) -> Iterator[ColumnElement[bool]]:
        """What an entry says itself."""
        wanted = self._wanted
        for word in wanted.words:
            yield EntryRow.text.contains(word, autoescape=True)
        if wanted.number:
            yield EntryRow.license_id.in_(bearing(self._store, wanted.number))
        if wanted.among is not None:
            yield EntryRow.license_id.in_(wanted.among)
        if wanted.authorities:
            codes = AuthorityRow.code.in_(wanted.authorities)
            yield EntryRow.authority_id.in_(select(AuthorityRow.id).where(codes))
        if wanted.ministry:
            yield EntryRow.authority_id.in_(select(AuthorityRow.id).where(of_ministry(wanted.ministry)))
        if wanted.type:
            known_type = self._store.license_type(wanted.type)
            yield EntryRow.type_id == (self._store.type_id(wanted.type) if known_type else -1)
        for column, value in (
            (EntryRow.province, wanted.province),
            (EntryRow.district, wanted.district),
            (EntryRow.status, wanted.status),
        ):
            if value:
                yield column == value
        if wanted.holder:
            yield EntryRow.license_id.in_(held_by(wanted.holder))
        if wanted.finding:
            yield EntryRow.license_id.in_(licenses_with_findings(wanted.finding))
        if wanted.is_incomplete:
            yield EntryRow.is_incomplete.is_(True)
        if wanted.activity:
            lines = literal(LINE) + EntryRow.activities + LINE
            yield lines.contains(f"{LINE}{wanted.activity}{LINE}", autoescape=True)

    def _grams(self) -> list[int]:
        """What the index knows of all this. Several authorities are left to the entries; a number has few licences."""
        wanted = self._wanted
        if wanted.number or wanted.among is not None:
            return []
        found = {gram for word in wanted.words for gram in grams(word)}
        if len(wanted.authorities) == 1:
            found.add(facet_gram(AUTHORITY, wanted.authorities[0]))
        for name, value in (
            (TYPE, wanted.type),
            (PROVINCE, wanted.province),
            (DISTRICT, f"{wanted.province}/{wanted.district}" if wanted.district and wanted.province else ""),
            (STATUS, wanted.status),
            (ACTIVITY, wanted.activity),
            (INCOMPLETE, "1" if wanted.is_incomplete else ""),
        ):
            if value:
                found.add(facet_gram(name, value))
        return sorted(found)


def _entries(
    session: Session, grams: Sequence[int], columns: Sequence[ColumnElement[Any]]
) -> tuple[Select[Any], ColumnElement[int]]:
    """The entries that may be in the list, and the id by which they are ordered."""
    if grams:
        return entries_having(session, grams, columns)
    return select(*columns), EntryRow.license_id.expression


def _order(sort: Sort, license_id: ColumnElement[int]) -> tuple[ColumnElement[Any], ...]:
    match sort:
        case Sort.NEWEST:
            return (license_id.desc(),)
        case Sort.NAME:
            return (EntryRow.name.asc(), EntryRow.license_id.asc())
        case Sort.CHANGED:
            return (EntryRow.modified_at.desc(), EntryRow.license_id.desc())


def _behind(sort: Sort, last: tuple[Any, int], license_id: ColumnElement[int]) -> ColumnElement[bool]:
    key, last_id = last
    match sort:
        case Sort.NEWEST:
            return license_id < last_id
        case Sort.NAME:
            return tuple_(EntryRow.name, EntryRow.license_id) > tuple_(literal(key), literal(last_id))
        case Sort.CHANGED:
            at = EntryRow.modified_at
            return or_(at < key, (at == key) & (EntryRow.license_id < last_id))


def _closed(wanted: Wanted, sort: Sort, row: Row[Any]) -> str:
    """The cursor behind a row."""
    parts = [sort, wanted.digest, _key(sort, row), row.license_id]
    return urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def _key(sort: Sort, row: Row[Any]) -> str | None:
    match sort:
        case Sort.NEWEST:
            return None
        case Sort.NAME:
            return str(row.name)
        case Sort.CHANGED:
            return str(row.modified_at.isoformat())


def _opened(cursor: str, wanted: Wanted, sort: Sort) -> tuple[Any, int]:
    try:
        of, digest, key, license_id = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if of != sort or digest != wanted.digest or not isinstance(license_id, int) or abs(license_id) >= 1 << 31:
            raise ValueError(of)
        if sort is Sort.CHANGED:
            key = datetime.fromisoformat(key)
        if sort is Sort.NAME and (not isinstance(key, str) or "\0" in key or not key.isprintable()):
            raise ValueError(key)
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise CursorRefused(
            f"`after` is a cursor as a list with these filters, in this order, has given it (got {cursor[:60]!r})"
        ) from error
    return key, license_id


def _counted(store: Store, rows: Sequence[Row[Any]]) -> dict[str, dict[str, int]]:
    """Of each facet how many of the rows have each value, the most common first."""
    # Turned into columns: a counter takes one of them at once.
    columns = list(zip(*rows[:LOOKED_AT], strict=True)) or [()] * len(_COLUMNS)
    _, authorities, types, provinces, districts, statuses, activities = map(Counter, columns[: len(_COLUMNS)])
    found: dict[str, Counter[str]] = {
        AUTHORITY: _named(authorities, _codes(store.session, AuthorityRow, authorities.keys())),
        TYPE: _named(types, _codes(store.session, LicenseTypeRow, types.keys())),
        PROVINCE: provinces,
        DISTRICT: districts,
        STATUS: statuses,
        ACTIVITY: Counter(),
    }
    for several, count in activities.items():
        for one in several.split(LINE):
            found[ACTIVITY][one] += count
    return {name: {value: count for value, count in counts.most_common() if value} for name, counts in found.items()}


def _named(counts: Counter[int], codes: Mapping[int, str]) -> Counter[str]:
    return Counter({codes[one]: count for one, count in counts.items()})


def _codes(session: Session, table: type[AuthorityRow] | type[LicenseTypeRow], ids: Set[int]) -> dict[int, str]:
    """The codes of those with these ids, and of no others: there may be thousands."""
    return {row.id: row.code for row in session.execute(select(table.id, table.code).where(table.id.in_(ids)))}
