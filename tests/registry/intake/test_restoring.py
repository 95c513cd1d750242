"""What undoing gives back beside the licences: records, lists, days, aliases, mappings; and what came later stays."""

from datetime import date

import pytest
from flask.testing import FlaskClient

from registry.intake.batch import Holds
from registry.intake.publish import publish
from registry.intake.undo import undo_batch
from registry.mappings import saved_mapping, saved_mappings
from registry.register import Register
from tests.registry.intake.lists import HERE, STATUS, counted, issue, listing
from tests.registry.public import check_agreement, found_by, public_state
from tests.registry.pushing import LICENSE, System
from tests.registry.small import FOOD, MAPPING, TOWN, Clock, find, iri, row
from vocab.iri import LicenseIri

ONE, TWO, THREE = row("1/2567"), row("2/2567"), row("3/2567")


def bearing(register: Register, alias: str) -> list[str]:
    """The numbers of the licences to which an alias leads."""
    with register.database.reading() as session:
        return [record.license.number for record in register.store(session).find_by_alias(iri(alias))]


def missing_in_the_north(register: Register) -> int:
    """Issues a list of the north that has only the first licence; says how many were missing."""
    return issue(register, ONE, source="north").missing


# Records


def test_what_a_later_list_has_is_not_missing_again(register: Register) -> None:
    issue(register, ONE, TWO, THREE, source="north")
    issue(register, ONE, TWO, source="north")
    found_again = issue(register, ONE, TWO, THREE, source="north")
    issue(register, THREE, source="south", holds=Holds.PART)
    undo_batch(register, found_again.batch)
    assert find(register, "3/2567").record_status == "published"
    # It is on the list of the south, and so the north does not miss it.
    assert missing_in_the_north(register) == 1
    assert find(register, "3/2567").record_status == "published"


def test_what_a_later_request_has_is_not_missing_again(client: FlaskClient, register: Register) -> None:
    third = row("12/2567", area="20")
    issue(register, ONE, third)
    issue(register, ONE)
    found_again = issue(register, ONE, third)
    answer = System(client, register).put({**LICENSE, "premises": "ร้านใหม่"})
    assert answer.get_json()["outcome"] == "changed"
    undo_batch(register, found_again.batch)
    assert find(register, "12/2567").record_status == "published"


def test_what_a_later_list_misses_stays_missing(register: Register) -> None:
    issue(register, ONE, TWO, source="north")
    missed = issue(register, ONE, source="north")
    issue(register, TWO, THREE, source="south")
    issue(register, THREE, source="south")
    assert find(register, "2/2567").record_status == "stale"
    undo_batch(register, missed.batch)
    assert find(register, "2/2567").record_status == "stale", "the south still misses it"


def test_what_was_withdrawn_does_not_come_back_as_stale(register: Register) -> None:
    """A row that was rejected found it again, and its own batch was undone since."""
    first = issue(register, ONE, source="north")
    missed = issue(register, TWO, source="north")
    told = issue(register, {**ONE, "issued_on": "31/02/2567"}, source="north", holds=Holds.PART)
    assert find(register, "1/2567").record_status == "published"
    for report in (told, missed, first):
        undo_batch(register, report.batch)
    assert find(register, "1/2567").record_status == "withdrawn"
    assert public_state(register) == {}
    check_agreement(register)


# Days


def test_the_day_of_the_last_list_is_that_of_the_list_before(register: Register, clock: Clock) -> None:
    reports, days = [], []
    for rows in ((ONE, TWO), (ONE,), (ONE, TWO)):
        reports.append(issue(register, *rows))
        days.append(find(register, "1/2567").confirmed_at)
        clock.pass_by(days=30)
    assert days == sorted(set(days))
    undo_batch(register, reports[-1].batch)
    assert find(register, "1/2567").confirmed_at == days[1]
    assert find(register, "2/2567").confirmed_at == days[0]
    assert find(register, "2/2567").record_status == "stale"


def test_what_changes_back_was_not_sent_again(register: Register, clock: Clock) -> None:
    issue(register, ONE, TWO)
    sent = find(register, "1/2567").confirmed_at
    clock.pass_by(days=30)
    report = issue(register, row("1/2567", premises="ใหม่"), TWO)
    clock.pass_by(days=1)
    undo_batch(register, report.batch)
    assert {find(register, number).confirmed_at for number in ("1/2567", "2/2567")} == {sent}


def test_what_another_list_has_sent_since_keeps_its_day(register: Register, clock: Clock) -> None:
    issue(register, ONE, TWO, source="north")
    clock.pass_by(days=30)
    report = issue(register, ONE, TWO, source="north")
    clock.pass_by(days=30)
    issue(register, ONE, source="south", holds=Holds.PART)
    undo_batch(register, report.batch)
    assert find(register, "1/2567").confirmed_at.date() == date(2027, 1, 20)
    assert find(register, "2/2567").confirmed_at.date() == date(2026, 11, 21)


# Aliases


def test_aliases_of_a_batch_that_was_undone_lead_nowhere(register: Register) -> None:
    issue(register, row("1/2567", aliases="กท 1"), TWO)
    issue(register, row("1/2567"), TWO)
    report = issue(
        register, row("1/2567", aliases="กท 2"), row("2/2567", aliases="กท 3"), row("4/2567", aliases="กท 4")
    )
    assert [bearing(register, f"กท {number}") for number in range(1, 5)] == [
        ["1/2567"],
        ["1/2567"],
        ["2/2567"],
        ["4/2567"],
    ]
    undo_batch(register, report.batch)
    # What was public before that batch goes on leading to its licence.
    assert [bearing(register, f"กท {number}") for number in range(1, 5)] == [["1/2567"], [], [], []]
    assert found_by(register, "กท 2") == set()
    again = issue(register, row("1/2567", aliases="กท 2"), TWO, row("4/2567", aliases="กท 4"))
    assert (bearing(register, "กท 2"), bearing(register, "กท 4")) == (["1/2567"], ["4/2567"])
    undo_batch(register, again.batch)
    assert (bearing(register, "กท 1"), bearing(register, "กท 2")) == (["1/2567"], [])


# Mappings

EXCHANGED = (
    MAPPING.replace('premises = "premises"', 'premises = "\0"')
    .replace('licensee = "licensee"', 'licensee = "premises"')
    .replace('premises = "\0"', 'premises = "licensee"')
)


def place(register: Register, number: str | LicenseIri) -> str:
    return str(find(register, number).newest.premises[0].name)


def test_the_mapping_of_before_is_used_again(register: Register) -> None:
    issue(register, ONE)
    before = public_state(register)
    wrong = issue(register, ONE, mapping=EXCHANGED)
    assert place(register, "1/2567") == ONE["licensee"]
    undo_batch(register, wrong.batch)
    assert public_state(register) == before
    # Nobody says which mapping.
    again = publish(register, listing(ONE, TWO, mapping=None), workers=HERE)
    assert counted(again) == {"new": 1, "unchanged": 1}
    assert place(register, "2/2567") == ONE["premises"]


@pytest.mark.parametrize("source", ["", "north"])
def test_mappings_are_given_back_one_by_one_and_none_is_lost(sqlite_register: Register, source: str) -> None:
    issue(sqlite_register, THREE, mapping=EXCHANGED, source="other")
    texts = [MAPPING, STATUS, EXCHANGED]
    reports = [issue(sqlite_register, ONE, mapping=text, source=source) for text in texts]

    def versions() -> list[str]:
        with sqlite_register.database.reading() as session:
            store = sqlite_register.store(session)
            ids = (store.authority_id(TOWN), store.type_id(FOOD))
            return [version.text for version in reversed(saved_mappings(session, *ids, source))]

    assert versions() == texts
    undo_batch(sqlite_register, reports[2].batch)
    assert versions() == [*texts, STATUS]
    undo_batch(sqlite_register, reports[1].batch)
    assert versions() == [*texts, STATUS, MAPPING]
    # Before the first there was none: what is kept is all that is known of the list.
    undo_batch(sqlite_register, reports[0].batch)
    assert versions() == [*texts, STATUS, MAPPING]


def test_a_mapping_that_was_kept_since_stays(sqlite_register: Register) -> None:
    from registry.mappings import save_mapping

    issue(sqlite_register, ONE)
    report = issue(sqlite_register, ONE, mapping=EXCHANGED)
    with sqlite_register.database.writing() as session:
        store = sqlite_register.store(session)
        ids = (store.authority_id(TOWN), store.type_id(FOOD))
        save_mapping(session, *ids, "", STATUS, sqlite_register.now())
    undo_batch(sqlite_register, report.batch)
    with sqlite_register.database.reading() as session:
        newest = saved_mapping(session, *ids, "")
    assert newest is not None
    assert newest.text == STATUS
