"""A register with licences that an older release made: brought up to date, it has what a new one would have."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, MetaData, Table, func, inspect, select, text

from registry.areas import areas_in, require_area
from registry.codes import complete_codes
from registry.config import Settings
from registry.database import MIGRATIONS, Database
from registry.entries import complete
from registry.intake.publish import publish
from registry.register import ENTRIES_FORM, NotInitialised, Register, open_register
from registry.search.listing import Wanted, listing
from registry.tables import AreaRow, ChangeRow, InstanceRow, JointHolderRow
from registry.trust import trust_file
from tests.registry.codes import code_of
from tests.registry.public import check_entries
from tests.registry.small import HEADINGS, MAPPING, Clock, Randomness, open_small, row, submission, table
from verify.scanned import examine_code
from verify.trust import parse_trust

COMPANIES = ("0105550000015", "0105550000023", "0994000165501")
PLACES = {"480113": "โพธิ์ตาก", "480102": "หนองญาติ"}
NOT_KEPT = {"alembic_version", "area", "joint_holder"}
"""What an older register has not, and what it notes itself."""
EMPTIED = {"search_text": ""}


def published(register: Register) -> None:
    """Six licences: three of one company each, one of two companies, one of three, one of nobody whose number is known."""
    mapping = MAPPING.replace("[columns.part", 'subdistrict_code = "code"\nsubdistrict = "subdistrict"\n[columns.part')
    rows = [row(f"{number}/2567", juristic_id=one) for number, one in enumerate(COMPANIES, 1)]
    rows += [
        row("4/2567", licensee="บริษัท ก จำกัด;บริษัท ข จำกัด", juristic_id=";".join(COMPANIES[:2])),
        row("5/2567", licensee="บริษัท ก จำกัด;บริษัท ค จำกัด;บริษัท ข จำกัด", juristic_id=";".join(COMPANIES[::-1])),
        row("6/2567"),
    ]
    for cells, code in zip(rows, (*PLACES, *PLACES, "", ""), strict=True):
        cells |= {"code": code, "subdistrict": f"ต.{PLACES[code]}" if code else "", "district": "อ.เมืองนครพนม"}
    body = table(*rows, headings=(*HEADINGS, "code", "subdistrict"))
    publish(register, submission(body, mapping=mapping))


@pytest.fixture(params=["0004", "0006"])
def older(request: pytest.FixtureRequest, database_url: str, clock: Clock) -> Iterator[Register]:
    """A register of an older schema, with rows as they were then; not yet brought up to date."""
    database = Database(database_url)
    newest: Register = request.getfixturevalue(f"{database.engine.dialect.name}_register")
    published(newest)
    with database.engine.execution_options(writes=True).begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, request.param)
    copy(newest.database.engine, database.engine)
    if request.param == "0006":
        with database.writing() as session:
            # So far, of several companies only the first was kept.
            session.execute(text("UPDATE entry SET juristic_id = substr(juristic_id, 1, 13)"))
    database.close()
    register = open_small(database_url, "older", clock)
    yield register
    register.database.close()


def copy(newest: Engine, older: Engine) -> None:
    """Every row of each table that both have, in the columns that both have. The index of SQLite is copied by its own tables."""
    there, here = MetaData(), MetaData()
    names = set(inspect(newest).get_table_names()) & set(inspect(older).get_table_names()) - NOT_KEPT
    if older.dialect.name == "sqlite":
        names.discard("entry_grams")
    for name in names:
        Table(name, there, autoload_with=newest, resolve_fks=False)
        Table(name, here, autoload_with=older)
    with newest.connect() as source, older.execution_options(writes=True).begin() as target:
        for wanted in here.sorted_tables:
            if wanted.name.startswith("entry_grams_"):
                target.execute(wanted.delete())
            found = there.tables.get(wanted.name)
            if found is None:
                continue
            common = [column for column in found.columns if column.name in wanted.columns]
            lacking = {name: value for name, value in EMPTIED.items() if name in wanted.columns}
            rows = [{**each, **lacking} for each in source.execute(select(*common)).mappings()]
            if rows:
                target.execute(wanted.insert(), rows)
        if older.dialect.name == "postgresql" and "change" in here.tables:
            # What was copied used no number of a sequence.
            target.execute(text("SELECT setval('change_sequence_seq', 100)"))


def held_by(register: Register, company: str) -> set[str]:
    with register.database.reading() as session:
        store = register.store(session)
        return {each.license.number for each in store.records(listing(store, Wanted(holder=company)).ids)}


@pytest.mark.parametrize("piece", [1, 500])
def test_it_gets_what_a_new_one_has(older: Register, piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # One by one, most of them give no change: what is noted beside the entries is noted all the same.
    monkeypatch.setattr("registry.entries.PIECE", piece)
    older.database.migrate()
    assert complete(older) == 6
    assert [held_by(older, company) for company in COMPANIES] == [
        {"1/2567", "4/2567", "5/2567"},
        {"2/2567", "4/2567", "5/2567"},
        {"3/2567", "5/2567"},
    ]
    with older.database.reading() as session:
        assert [area.code for area, _ in areas_in(session, "48")] == ["4801"]
        assert [area.code for area, _ in areas_in(session, "4801")] == sorted(PLACES)
        assert str(require_area(session, "480113")[0].name) == "โพธิ์ตาก"
        assert session.scalar(select(func.count()).select_from(JointHolderRow)) == 5
        assert older.store(session).authority_levels() == {
            "lao-06480115": "local",
            "dep-0706": "central",
            "x-office": "regional",
        }
        changes = session.scalar(select(func.count()).select_from(ChangeRow))
    check_entries(older)
    assert complete(older) == 0
    with older.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ChangeRow)) == changes


def test_its_codes_are_signed_and_its_authorities_get_the_keys(older: Register) -> None:
    with older.database.writing() as session:
        session.execute(text("DELETE FROM signing_key WHERE purpose = 'qr'"))
        if older.database.engine.dialect.name == "postgresql":
            # What was copied used no number of a sequence.
            session.execute(text("SELECT setval('signing_key_id_seq', 100)"))
    older.database.migrate()
    assert complete_codes(older) == 6
    assert complete_codes(older) == 0
    for number in range(1, 7):
        found = examine_code(code_of(older, f"{number}/2567"), parse_trust(trust_file(older)), older.now())
        assert (found.genuine.code, found.in_force.code) == ("signed-by-authority", "active")


@dataclass
class Stopping(Clock):
    """After so many calls, somebody stops the process."""

    calls: int = 0

    def __call__(self) -> datetime:
        self.calls -= 1
        if self.calls < 0:
            raise KeyboardInterrupt
        return self.now


def test_who_was_interrupted_begins_again(older: Register, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    older.database.migrate()
    settings = Settings.from_environ(
        {"REGISTRY_HOME": str(tmp_path), "REGISTRY_DATABASE_URL": older.database.engine.url.render_as_string(False)}
    )
    monkeypatch.setattr("registry.entries.PIECE", 2)
    now = older.clock
    older.clock = Stopping(calls=5)
    with pytest.raises(KeyboardInterrupt):
        complete(older)
    with pytest.raises(NotInitialised, match="init"):
        open_register(settings, Clock(), Randomness("x"))
    older.clock = now
    assert complete(older) == 6
    check_entries(older)
    with older.database.reading() as session:
        assert session.scalars(select(InstanceRow.entries_form)).one() == ENTRIES_FORM
        assert session.scalar(select(func.count()).select_from(AreaRow)) == 3
    assert held_by(older, COMPANIES[1]) == {"2/2567", "4/2567", "5/2567"}
