"""Lists find what a plain look at every entry finds, on both databases, and go on page by page without a gap."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from registry.register import Register
from registry.search.folding import fold, grams
from registry.search.listing import CursorRefused, Listing, Sort, Wanted, listing
from registry.tables import EntryRow
from tests.registry.small import CLINIC, FOOD, TOWN, act, row, send
from vocab.history import ActKind

NAMES = (
    "ร้านข้าวแกงป้าแดง",
    "ร้านก๋วยเตี๋ยวเรือ นครพนม",
    "บริษัท เชิงเทียนทอง จำกัด",
    "Golden Dragon Bangkok",
    "ตลาดสด เทศบาล",
    "โรงแรม แม่โขง",
)
PROVINCES = ("นครพนม", "จังหวัดนครพนม", "กรุงเทพฯ", "")


def many() -> Iterator[dict[str, str]]:
    for number in range(60):
        name = NAMES[number % len(NAMES)]
        yield row(f"{number}/2567", premises=f"{name} {number // 6}", province=PROVINCES[number % 4], district="เมือง")


def ids(register: Register, wanted: Wanted, sort: Sort = Sort.NEWEST, limit: int = 7) -> list[int]:
    """All of a list, page by page."""
    found: list[int] = []
    after: str | None = None
    with register.database.reading() as session:
        store = register.store(session)
        while True:
            page = listing(store, wanted, sort=sort, after=after, limit=limit)
            assert len(page.ids) <= limit
            found += page.ids
            if page.after is None:
                return found
            assert len(page.ids) == limit
            after = page.after


def first(register: Register, wanted: Wanted) -> Listing:
    with register.database.reading() as session:
        return listing(register.store(session), wanted)


def entries(register: Register) -> list[EntryRow]:
    with register.database.reading() as session:
        found = list(session.scalars(select(EntryRow)))
        session.expunge_all()
        return found


def scanned(register: Register, wanted: Wanted) -> set[int]:
    """What a look at every entry finds; the authority and type are those of all."""
    return {
        entry.license_id
        for entry in entries(register)
        if all(word in entry.text for word in wanted.words)
        and wanted.province in ("", entry.province)
        and wanted.district in ("", entry.district)
        and wanted.status in ("", entry.status)
    }


TEXTS = st.one_of(
    st.sampled_from([name[begin:end] for name in NAMES for begin in range(5) for end in range(begin + 2, begin + 9)]),
    st.text(alphabet="กขคงรานเแ่๊า 0123/%_\\\"'*", max_size=6),
)


def test_a_list_is_what_a_look_at_every_entry_finds(register: Register) -> None:
    send(register, *many())
    everything = sorted((entry.license_id for entry in entries(register)), reverse=True)
    assert len(everything) == 60
    assert ids(register, Wanted()) == everything

    @given(TEXTS, st.sampled_from(["", "นครพนม", "กรุงเทพมหานคร"]), st.sampled_from(["", "เมือง"]), st.sampled_from(Sort))
    @settings(max_examples=150, deadline=None)
    def check(text: str, province: str, district: str, sort: Sort) -> None:
        wanted = Wanted(text=text, province=province, district=district)
        found = ids(register, wanted, sort)
        assert len(found) == len(set(found))
        assert set(found) == (set() if wanted.is_too_short else scanned(register, wanted))

    check()


def test_lists_are_in_the_order_that_was_asked_for(register: Register) -> None:
    send(register, *many())
    by_id = {entry.license_id: entry for entry in entries(register)}
    named = ids(register, Wanted(text="ร้าน"), Sort.NAME)
    assert len(named) == 20
    assert named == sorted(named, key=lambda one: (by_id[one].name, one))
    changed = ids(register, Wanted(text="ร้าน"), Sort.CHANGED)
    assert changed == sorted(changed, key=lambda one: (by_id[one].modified_at, one), reverse=True)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("ข้าวแกง", 10),
        ("ข้าว แกง", 10),
        ("แกง ร้าน", 10),
        ("golden bangkok", 10),
        ("DRAGON", 10),
        ("goldendragon", 10),
        ("เทียน", 10),
        ("ง", 0),
        ("ง ข้าว", 10),
        ("๕๙/๒๕๖๗", 1),
        ("เมืองน", 15),
        ("%", 0),
        ("%%", 0),
        ("ทองบริษัท", 0),
    ],
)
def test_what_is_typed_finds(register: Register, text: str, count: int) -> None:
    send(register, *many())
    assert len(ids(register, Wanted(text=text))) == count


def test_facets_say_how_many_have_each_value(register: Register) -> None:
    send(register, *many())
    page = first(register, Wanted(text="ร้าน"))
    assert (page.seen, page.is_all) == (20, True)
    assert page.facets["authority"] == {TOWN: 20}
    assert page.facets["type"] == {FOOD: 20}
    assert sum(page.facets["province"].values()) == 15
    assert first(register, Wanted(text="ร้าน", province="นครพนม")).seen == page.facets["province"]["นครพนม"]
    assert first(register, Wanted(authorities=(TOWN,))).seen == 60
    assert first(register, Wanted(authorities=("dep-9999",))).seen == 0
    assert first(register, Wanted(type=CLINIC)).seen == first(register, Wanted(type="no-such")).seen == 0


def test_a_long_list_says_that_it_is_longer(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.search.listing.LOOKED_AT", 25)
    send(register, *many())
    page = first(register, Wanted())
    assert (page.seen, page.is_all, len(page.ids)) == (25, False, 20)


def test_status_follows_an_act_at_once(register: Register) -> None:
    send(register, *many())
    act(register, "3/2567", ActKind.REVOKE)
    assert first(register, Wanted(status="revoked")).seen == 1
    assert len(ids(register, Wanted(text="ร้าน", status="revoked"))) <= 1


@pytest.mark.parametrize(
    "cursor", ["", "x", "W10", "WyJuYW1lIiwgMSwgMV0", "e30", "Wzk5OV0", "WyJuZXdlc3QiLCBudWxsLCAiMSJd"]
)
def test_a_strange_cursor_is_refused(register: Register, cursor: str) -> None:
    send(register, row("1/2567"))
    with register.database.reading() as session:
        store = register.store(session)
        if not cursor:
            assert listing(store, Wanted(), after=cursor).ids
            return
        with pytest.raises(CursorRefused):
            listing(store, Wanted(), after=cursor)


@given(st.text(max_size=30), st.text(max_size=10))
def test_folding_keeps_parts(text: str, other: str) -> None:
    whole = fold(f"{text}{other}")
    assert fold(whole) == whole
    assert grams(fold(text)) <= grams(fold(text) + "x")


def test_a_list_of_those_that_lack_an_item_of_the_face(register: Register) -> None:
    # The last day is on every licence of the type; a person whose name is withheld is not lacking.
    person = {"licensee": "นายสมชาย ใจดีมาก", "juristic_id": ""}
    send(register, row("1/2567"), row("2/2567", expires_on=""), row("3/2567", **person), row("4/2567", premises=""))
    with register.database.reading() as session:
        store = register.store(session)
        found = listing(store, Wanted(is_incomplete=True, type=FOOD, authorities=(TOWN,)))
        assert [record.license.number for record in store.records(found.ids)] == ["2/2567"]
    send(register, row("2/2567"))
    assert ids(register, Wanted(is_incomplete=True)) == []
