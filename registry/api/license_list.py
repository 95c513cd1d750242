"""`GET /api/v1/licenses`: what a query asks for, and the list that answers it. Nothing in it is more than what is disclosed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry import urls
from registry.intake.gravity import Gravity
from registry.intake.mapping import Field
from registry.intake.plain import NO_EXPIRY, MemberRefused, plain_members
from registry.record import LicenseRecord
from registry.search.entry import AUTHORITY
from registry.search.finding import similar_numbers
from registry.search.listing import MAX_PAGE, PAGE, Sort, Wanted, listing
from registry.store import Store
from vocab.area import province_code, province_name
from vocab.authority import LicensingAuthority
from vocab.disclosure import disclosed
from vocab.graph import Grantor, date_time
from vocab.history import Status
from vocab.place import place_name

Query = Mapping[str, Sequence[str]]
"""The parameters of a query, each with its values."""
FILTERS = (
    *("q", "number", "authority", "ministry", "type", "province", "district", "status", "activity", "holder"),
    *("incomplete", "finding"),
    *("sort", "after", "limit", "facets"),
)
LANG = "lang"
"""Goes with any address; the answers for programs are the same in each language."""
_SHOWN = frozenset(
    {
        *(Field.LICENSEE, Field.LICENSEE_EN, Field.JURISTIC_ID, Field.PREMISES, Field.PREMISES_EN),
        *(Field.DISTRICT, Field.PROVINCE, Field.ISSUED_ON, Field.VALID_FROM, Field.EXPIRES_ON, NO_EXPIRY),
    }
)
"""The members of a licence that a list has, under the names that they have where a licence is put and got."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """Which licences, in which order, from where on, how many, and whether the values of the filters are counted."""

    wanted: Wanted
    sort: Sort
    after: str | None
    limit: int
    facets: bool


def read_query(store: Store, query: Query) -> ListQuery:
    """What a query asks for. Raises `MemberRefused` for a parameter that is unknown, comes twice or has a value that nothing
    here can have: an empty list would be taken for an answer."""
    given = single_values(query, FILTERS)
    wanted = Wanted(
        text=given.get("q", ""),
        number=given.get("number", ""),
        authorities=(require_authority(store, given["authority"]).code,) if "authority" in given else (),
        ministry=_ministry(store, given.get("authority", ""), given.get("ministry", "")),
        type=require_type(store, given.get("type", "")),
        province=province_name(given.get("province", "")),
        district=place_name(given.get("district", "")),
        status=one_of(given, "status", [status.value for status in Status]),
        activity=given.get("activity", ""),
        holder=_holder(given.get("holder", "")),
        is_incomplete=one_of(given, "incomplete", ["0", "1"]) == "1",
        finding=one_of(given, "finding", [gravity.value for gravity in Gravity]),
    )
    if wanted.is_too_short:
        raise MemberRefused("/q", "a word of at least two characters is expected here: part of a name, number or place")
    return ListQuery(
        wanted=wanted,
        sort=Sort(one_of(given, "sort", [sort.value for sort in Sort]) or Sort.NEWEST),
        after=given.get("after"),
        limit=limit_of(given, PAGE, MAX_PAGE),
        facets=one_of(given, "facets", ["0", "1"]) == "1",
    )


def single_values(query: Query, names: Sequence[str]) -> dict[str, str]:
    """The value of each parameter that has one. Raises `MemberRefused` for one that is none of `names`, or comes twice."""
    for name, values in query.items():
        if name not in (*names, LANG):
            raise MemberRefused(f"/{name[:100]}", f"no parameter of this address (expected {', '.join(names)})")
        if len(values) != 1:
            raise MemberRefused(f"/{name}", f"one value is expected here (got {len(values)})")
        if "\0" in values[0]:
            raise MemberRefused(f"/{name}", "a text without NUL is expected here")
    return {name: values[0].strip() for name, values in query.items() if name != LANG and values[0].strip()}


def one_of(given: Mapping[str, str], name: str, choices: Sequence[str]) -> str:
    """The value of a parameter that knows only `choices`; empty without one. Raises `MemberRefused`."""
    value = given.get(name, "")
    if value and value not in choices:
        raise MemberRefused(f"/{name}", f"one of {', '.join(choices)} is expected here (got {value[:60]!r})")
    return value


def limit_of(given: Mapping[str, str], usual: int, most: int) -> int:
    """How many are asked for. Raises `MemberRefused`."""
    text = given.get("limit", str(usual))
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= most):
        raise MemberRefused("/limit", f"a whole number from 1 to {most} is expected here (got {text[:60]!r})")
    return int(text)


def list_licenses(store: Store, asked: ListQuery, query: Query) -> dict[str, Any]:
    """One page of the list. Raises `registry.search.listing.CursorRefused`, and `MemberRefused` where it is empty because of a
    value that no licence has."""
    page = listing(store, asked.wanted, sort=asked.sort, after=asked.after, limit=asked.limit)
    if not (page.ids or asked.after):
        _require_places_and_activity(store, asked.wanted)
    grantors: dict[tuple[str, str], Grantor] = {}
    rows = []
    for record in store.records(page.ids):
        of = _mandate(record)
        grantors[of] = grantors.get(of) or store.grantor(*of)
        rows.append(license_row(store, record, grantors[of]))
    answer: dict[str, Any] = {
        "licenses": rows,
        "next": page.after and next_page(store.base, urls.api_licenses(), query, page.after),
    }
    if asked.wanted.number and not (rows or asked.after):
        near = similar_numbers(store, asked.wanted)
        answer["similar"] = [license_row(store, record, store.grantor(*_mandate(record))) for record in near]
    if asked.facets and not asked.after:
        answer |= {
            "facets": {**page.facets, "ministry": _ministries(store, page.facets.get(AUTHORITY, {}))},
            "counted": page.seen,
            "complete": page.is_all,
        }
    return answer


def _ministries(store: Store, authorities: Mapping[str, int]) -> dict[str, int]:
    """Of how many licences each ministry's authorities are, the most common first."""
    found: Counter[str] = Counter()
    for authority in store.authorities(codes=authorities.keys()) if authorities else ():
        if authority.ministry is not None:
            found[str(authority.ministry)] += authorities[authority.code]
    return dict(found.most_common())


def _mandate(record: LicenseRecord) -> tuple[str, str]:
    return record.license.iri.authority, record.license.iri.type


def license_row(store: Store, record: LicenseRecord, grantor: Grantor) -> dict[str, Any]:
    """A licence in a list: who, where, in force or not, until when, and where to go on."""
    iri, base = record.license.iri, store.base
    members = plain_members(disclosed(record.license, grantor.license_type))
    return {
        "iri": str(iri),
        "number": record.license.number,
        "authority": iri.authority,
        "type": iri.type,
        "status": record.history.status(store.today).value,
        "record": record.record_status,
        **{name: value for name, value in members.items() if name in _SHOWN},
        "modified_at": date_time(record.modified_at),
        "links": {
            "self": base + urls.api_license(iri),
            "html": base + urls.license_document(iri, "html"),
            "credential": base + urls.license_document(iri, "vc"),
        },
    }


def next_page(base: str, path: str, query: Query, after: str) -> str:
    """The address of the page that follows, with the same filters."""
    kept = [(name, value) for name, values in query.items() if name not in {"after", "facets"} for value in values]
    return f"{base}{path}?{urls.query([*kept, ('after', after)])}"


def _ministry(store: Store, code: str, ministry: str) -> str:
    """The name of a ministry of which an authority here is, or empty for none; it is that with the `code`, where one is given."""
    if ministry and store.ministry(ministry) is None:
        raise MemberRefused("/ministry", "the name of a ministry is expected here, in full: no authority here is of it")
    own = require_authority(store, code).ministry if code and ministry else None
    if code and ministry and (own is None or ministry not in (own.th, own.en)):
        raise MemberRefused("/ministry", f"the name of a ministry is expected here, in full: {code} is not of it")
    return ministry


def require_authority(store: Store, code: str) -> LicensingAuthority:
    """The authority that has or had the code. Raises `MemberRefused`."""
    found = store.authority(code)
    if found is None:
        raise MemberRefused("/authority", f"there is no such authority here; {urls.api_authorities()} lists them")
    return found


def require_type(store: Store, code: str) -> str:
    """The code of a type, or empty for none. Raises `MemberRefused`."""
    if code and store.license_type(code) is None:
        raise MemberRefused("/type", f"there is no such type of licence here; {urls.api_types()} lists them")
    return code


def _require_places_and_activity(store: Store, wanted: Wanted) -> None:
    """Raises `MemberRefused` for a province that there is not, and for a district or an activity that no licence here has: of
    these, nobody keeps a list."""

    def has_none(other: Wanted) -> bool:
        return not listing(store, other, limit=1).ids

    province, district, activity = wanted.province, wanted.district, wanted.activity
    if province and not province_code(province) and has_none(Wanted(province=province)):
        raise MemberRefused("/province", "the name of a province is expected here, in Thai or English")
    if district and has_none(Wanted(district=district)):
        raise MemberRefused(
            "/district", "the name of a district is expected here as licences have it; none has this one"
        )
    if activity and has_none(Wanted(activity=activity)):
        raise MemberRefused("/activity", "an activity is expected here as licences have it; none has this one")


def _holder(text: str) -> str:
    if text and not (text.isascii() and text.isdigit() and len(text) == 13):
        raise MemberRefused("/holder", "the 13 digits of a juristic person are expected here")
    return text
