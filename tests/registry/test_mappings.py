"""Saved mappings: numbered by source, never lost, and no new version for the same text."""

from datetime import timedelta

from sqlalchemy.orm import Session

from registry.mappings import SavedMapping, mapping_sources, save_mapping, saved_mapping, saved_mappings
from registry.register import Register
from tests.registry.small import CLINIC, DEPARTMENT, FOOD, NOON, TOWN

FIRST = '[columns]\nnumber = "เลขที่"\n'
SECOND = '[columns]\nnumber = "เลขที่ใบอนุญาต"\n'


def ids(register: Register, session: Session, authority: str = TOWN, license_type: str = FOOD) -> tuple[int, int]:
    store = register.store(session)
    return store.authority_id(authority), store.type_id(license_type)


def test_a_changed_mapping_is_the_next_version_and_the_old_one_stays(register: Register) -> None:
    with register.database.writing() as session:
        key = ids(register, session)
        save_mapping(session, *key, "monthly", FIRST, NOON)
        save_mapping(session, *key, "monthly", SECOND, NOON + timedelta(days=30))
    with register.database.reading() as session:
        newest = saved_mapping(session, *ids(register, session), "monthly")
        assert newest == SavedMapping(source="monthly", version=2, text=SECOND, saved_at=NOON + timedelta(days=30))
        versions = saved_mappings(session, *ids(register, session), "monthly")
        assert [(each.version, each.text) for each in versions] == [(2, SECOND), (1, FIRST)]


def test_the_same_text_is_no_new_version(register: Register) -> None:
    with register.database.writing() as session:
        key = ids(register, session)
        first = save_mapping(session, *key, "", FIRST, NOON)
        again = save_mapping(session, *key, "", FIRST, NOON + timedelta(days=1))
        assert again == first
        assert len(saved_mappings(session, *key, "")) == 1


def test_going_back_to_an_older_text_is_a_version_of_its_own(register: Register) -> None:
    with register.database.writing() as session:
        key = ids(register, session)
        for text in (FIRST, SECOND, FIRST):
            save_mapping(session, *key, "", text, NOON)
        assert [each.text for each in saved_mappings(session, *key, "")] == [FIRST, SECOND, FIRST]


def test_each_source_and_each_type_has_its_own(register: Register) -> None:
    with register.database.writing() as session:
        food, clinic = ids(register, session), ids(register, session, DEPARTMENT, CLINIC)
        save_mapping(session, *food, "", FIRST, NOON)
        save_mapping(session, *food, "ตลาด", SECOND, NOON)
        assert saved_mapping(session, *clinic, "") is None
        assert saved_mapping(session, *food, "other") is None
        assert mapping_sources(session, *food) == {"": 1, "ตลาด": 1}
        assert mapping_sources(session, *clinic) == {}


def test_errors_can_name_the_version() -> None:
    named = SavedMapping(source="ตลาด", version=3, text=FIRST, saved_at=NOON)
    unnamed = SavedMapping(source="", version=1, text=FIRST, saved_at=NOON)
    assert (named.name, unnamed.name) == ("version 3 of the mapping of 'ตลาด'", "version 1 of the mapping")
