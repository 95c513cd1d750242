"""What the pages say of a record: missing from a list, taken back, there again. None of it is said of the licence."""

from dataclasses import replace
from datetime import date

import pytest
from flask.testing import FlaskClient

from registry.intake.batch import Holds, Report
from registry.intake.publish import publish
from registry.intake.undo import UndoRefused, undo_batch
from registry.record_changes import RecordChange, RecordChangeKind, missing_from
from registry.register import Register
from registry.web import wording
from tests.registry.small import ADVERT, MAPPING, NOON, TOWN, Clock, act, find, iri, row, submission, table
from vocab.history import ActKind

EVERYTHING = ("missing", "collisions", "dates")
LISTS = (date(2026, 10, 1), date(2026, 11, 1))
LATER = date(2026, 11, 20)


def a_list(register: Register, clock: Clock, day: date, *rows: dict[str, str], **given: str) -> Report:
    """Publishes a whole list on a day."""
    clock.go_to(day)
    return publish(register, replace(submission(table(*rows), **given), holds=Holds.ALL), EVERYTHING)


def two_lists(register: Register, clock: Clock) -> Report:
    """The second is without 1/2567, changes 2/2567 and has 3/2567, which is new. It is returned."""
    person = row("3/2567", licensee="บริษัท ลับเฉพาะ จำกัด")
    a_list(register, clock, LISTS[0], row("1/2567"), row("2/2567"))
    return a_list(register, clock, LISTS[1], row("2/2567", premises="ร้านใหม่"), person)


def page(client: FlaskClient, number: str, lang: str = "en") -> str:
    return client.get(f"/doc/html/lic/{iri(number).tail}?lang={lang}").text


def test_missing_from_a_list_is_said_and_ends_nothing(client: FlaskClient, register: Register, clock: Clock) -> None:
    two_lists(register, clock)
    text = page(client, "1/2567")
    assert "is not in the list that <bdi>Pho Tak SAO</bdi> sent on" in text
    assert "1 November 2026</time>. That alone ends no licence: ask the authority" in text
    assert '<div class="band good">' in text, "the acts and the dates say whether it is in force, and no list does"
    assert "No longer in the authority's list" in text
    assert "ไม่มีในบัญชีที่ <bdi>อบต.โพธิ์ตาก</bdi> ส่งมาเมื่อ" in page(client, "1/2567", "th")
    assert "What happened to this record" not in page(client, "2/2567")
    assert (
        client.get(f"/doc/jsonld/lic/{iri('1/2567').tail}")
        .get_json(force=True)["record"]["recordStatus"]
        .endswith("stale")
    )


def test_in_the_list_again(client: FlaskClient, register: Register, clock: Clock) -> None:
    two_lists(register, clock)
    a_list(register, clock, LATER, row("1/2567"), row("2/2567", premises="ร้านใหม่"), row("3/2567"))
    text = page(client, "1/2567")
    assert "That alone ends no licence" not in text
    assert text.index("In the authority's list again") < text.index("No longer in the authority's list")


def test_a_list_that_was_taken_back(client: FlaskClient, register: Register, clock: Clock) -> None:
    second = two_lists(register, clock)
    clock.go_to(LATER)
    undo_batch(register, second.batch)
    missing, changed = page(client, "1/2567"), page(client, "2/2567")
    for text in (missing, changed):
        assert "A list that <bdi>Pho Tak SAO</bdi> sent on" in text
        assert "was taken back on" in text
        assert "A list was taken back: all is again as it was before that list" in text
        assert "That alone ends no licence" not in text
        assert '<div class="band good">' in text
    assert "ร้านตัวอย่าง" in changed
    assert "ร้านใหม่" not in changed


@pytest.mark.parametrize("lang", ["en", "th"])
def test_a_record_that_was_taken_back_shows_what_and_when_and_nobody(
    client: FlaskClient, register: Register, clock: Clock, lang: str
) -> None:
    second = two_lists(register, clock)
    check_id = find(register, "3/2567").check_id
    clock.go_to(LATER)
    undo_batch(register, second.batch)
    tail = iri("3/2567").tail
    for path in (f"/doc/html/lic/{tail}", f"/C/{check_id}", f"/id/lic/{tail}"):
        answer = client.get(f"{path}?lang={lang}", headers={"Accept": "text/html"})
        assert answer.status_code == 410
        assert answer.content_type.startswith("text/html")
        assert ("2026-11-01" in answer.text, "2026-11-20" in answer.text) == (True, True)
        assert {"en": "Food premises licence", "th": "ใบอนุญาตจัดตั้งสถานที่จำหน่ายอาหาร"}[lang] in answer.text
        assert "ลับเฉพาะ" not in answer.text
        assert ("3/2567" in answer.text) == (not path.startswith("/C/")), "only where the address says it anyhow"
    machine = client.get(f"/doc/jsonld/lic/{tail}", headers={"Accept": "application/json"})
    assert machine.status_code == 410
    problem = machine.get_json()
    assert (problem["type"], problem["withdrawnAt"]) == ("/problems/record-withdrawn", "2026-11-20T05:00:00Z")
    assert "withdrawn on 2026-11-20, with the list of 2026-11-" in problem["detail"]
    assert client.get("/search?q=ลับเฉพาะ").text.count("3/2567") == 0


def test_a_choice_offers_only_what_is_shown(client: FlaskClient, register: Register, clock: Clock) -> None:
    mapping = MAPPING.partition("[columns.particulars]")[0]
    years = (row("45", issued_on="2023-01-05"), row("45", issued_on="2024-01-05"))
    given = {"authority": TOWN, "license_type": ADVERT, "mapping": mapping}
    first = a_list(register, clock, LISTS[0], years[0], **given)
    second = a_list(register, clock, LISTS[1], *years, **given)
    address = f"/id/lic/{TOWN}/{ADVERT}/45"
    clock.go_to(LATER)
    undo_batch(register, second.batch)
    offered = client.get(address)
    assert (offered.status_code, offered.headers["Location"]) == (308, f"{address}/be2566"), "only one is shown"
    assert offered.headers["Cache-Control"] == "no-store", "there may be another with this number one day"
    undo_batch(register, first.batch)
    assert client.get(address).status_code == 410


def test_every_change_of_a_record_has_words() -> None:
    assert set(wording.RECORD_CHANGE) == set(RecordChangeKind)


def test_a_list_that_was_taken_back_is_none_to_be_missing_from() -> None:
    kept = RecordChange(
        kind=RecordChangeKind.STALE, at=NOON, batch=1, listed_on=LISTS[0], published_at=NOON, undone_at=None
    )
    undone = replace(kept, batch=2, listed_on=LISTS[1], undone_at=NOON)
    assert missing_from([kept, undone]) == LISTS[0]
    assert missing_from([undone]) is None


def test_a_decision_on_what_was_published_again_stands_against_undoing_it(
    sqlite_register: Register, clock: Clock
) -> None:
    one = row("1/2567")
    undo_batch(sqlite_register, a_list(sqlite_register, clock, LISTS[0], one).batch)
    again = a_list(sqlite_register, clock, LISTS[1], one)
    clock.go_to(LATER)
    act(sqlite_register, "1/2567", ActKind.SUSPEND, LATER)
    with pytest.raises(UndoRefused, match="1/2567"):
        undo_batch(sqlite_register, again.batch)
