"""The short way from an address to the credential gives what the long way gives, or nothing."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, update
from sqlalchemy.exc import DBAPIError

from registry import urls
from registry.database import Database
from registry.lookup import Located, locate
from registry.register import Register
from registry.search import search
from registry.tables import LicenseRow
from tests.registry.small import current_credential, find, iri, row, send


def located(register: Register, number: str) -> Located | None:
    with register.database.reading() as session:
        return register.store(session).locate(iri(number))


def address(number: str) -> str:
    return urls.license_document(iri(number), "vc")


def set_status(register: Register, status: str) -> None:
    with register.database.writing() as session:
        session.execute(update(LicenseRow).values(record_status=status))


def test_a_licence_with_one_face_is_found_whole(register: Register) -> None:
    send(register, row("1/2567"), row("2/2567"))
    record, found = find(register, "2/2567"), located(register, "2/2567")
    assert found is not None
    assert (found.license_id, found.check_id, found.record_status) == (record.id, record.check_id, "published")
    assert found.versions == record.version == 1
    assert found.only_credential == found.body == current_credential(register, "2/2567")


def test_nothing_is_found_of_a_number_that_nobody_has(register: Register) -> None:
    send(register, row("1/2567"))
    assert located(register, "1/2568") is None


def test_with_a_second_face_the_acts_are_asked_which_one_holds(client: FlaskClient, register: Register) -> None:
    send(register, row("1/2567"))
    first = current_credential(register, "1/2567")
    # A renewal that begins later: until then the first face holds.
    send(register, row("1/2567", valid_from="2027-03-01", expires_on="2028-02-28"))
    found = located(register, "1/2567")
    assert found is not None
    assert (found.versions, found.only_credential) == (2, None)
    assert found.body not in {None, first}
    assert client.get(address("1/2567")).data == first


@pytest.mark.parametrize(("status", "code"), [("published", 200), ("stale", 200), ("withdrawn", 410), ("void", 410)])
def test_only_a_record_that_is_public_is_served(
    client: FlaskClient, register: Register, status: str, code: int
) -> None:
    send(register, row("1/2567"))
    set_status(register, status)
    found = located(register, "1/2567")
    assert found is not None
    assert (found.only_credential is not None) == (code == 200)
    assert client.get(address("1/2567")).status_code == code


def test_the_service_asks_nothing_else_of_the_database(client: FlaskClient, register: Register) -> None:
    send(register, row("1/2567"))
    asked: list[str] = []
    event.listen(register.database.engine, "before_cursor_execute", lambda *seen: asked.append(seen[2]))
    answer = client.get(address("1/2567"))
    assert answer.data == current_credential(register, "1/2567")
    etag = answer.headers["ETag"]
    asked.clear()
    assert client.get(address("1/2567"), headers={"If-None-Match": etag}).status_code == 304
    assert set(asked) <= {"BEGIN"}


@pytest.mark.parametrize("spelling", ["1~2f2567", "1/2567", "1~2F2567%00", "%31~2F2567"])
def test_other_spellings_go_the_long_way(client: FlaskClient, register: Register, spelling: str) -> None:
    send(register, row("1/2567"))
    path = address("1/2567").replace("1~2F2567", spelling)
    answer = client.get(path)
    assert answer.status_code in {308, 404}
    if answer.status_code == 308:
        assert answer.headers["Location"] == address("1/2567")


def test_an_error_of_the_driver_is_one_of_sqlalchemy(database_url: str) -> None:
    database = Database(database_url)
    with database.reading() as session, pytest.raises(DBAPIError, match="license"):
        locate(session, "lao-06480115/food-premises/1~2F2567")
    database.close()


@pytest.mark.parametrize("query", ["1/2567", "๑/๒๕๖๗", "1-2567", "!", "01/67"])
def test_no_number_is_looked_for_in_all_licences(sqlite_register: Register, query: str) -> None:
    send(sqlite_register, row("1/2567"), row("2/2567", aliases="9/2567"))
    asked: list[tuple[str, tuple[str, ...]]] = []
    with sqlite_register.database.reading() as session:
        store = sqlite_register.store(session)
        listen = event.listens_for(sqlite_register.database.engine, "before_cursor_execute")
        listen(lambda *seen: asked.append((seen[2], seen[3])))
        search(store, query)
        driver = session.connection().exec_driver_sql
        plans = [str(driver(f"EXPLAIN QUERY PLAN {text}", values).all()) for text, values in list(asked)]
    assert plans
    assert not [plan for plan in plans if re.search(r"SCAN license(?!_type)", plan)]
