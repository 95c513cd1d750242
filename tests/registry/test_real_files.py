"""Real lists, published as they are. The files are not part of this repository: they are expected beside it."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from registry.catalogue import declare, read_catalogue
from registry.demo.run import CATALOGUE
from registry.intake.batch import Submission
from registry.intake.publish import publish
from registry.register import Register
from registry.search import search
from registry.tables import ReceivedRow
from tests.registry.small import rows_in, send, table_sizes
from verify.verdict import Answer
from vocab.history import Status
from vocab.iri import encode_number, registered
from vocab.thai import thai_digits

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "example"


@pytest.fixture
def clinics(register: Register, shared_data: Path) -> tuple[Register, Submission]:
    """A register with the authority and type, and the list of animal clinics."""
    declare(register, read_catalogue(CATALOGUE))
    file = shared_data / "real" / "dld_animal_clinics.csv"
    return register, Submission(
        authority="dep-0706",
        license_type="animal-clinic",
        file_name=file.name,
        body=file.read_bytes(),
        mapping=(EXAMPLE / "animal-clinics.toml").read_text(encoding="utf-8"),
    )


def numbers(submission: Submission) -> list[str]:
    rows = csv.DictReader(bytes(submission.body).decode("utf-8-sig").splitlines())
    return [row["เลขที่ใบอนุญาต"] for row in rows]


def test_every_clinic_keeps_its_number_and_is_found_by_it(clinics: tuple[Register, Submission]) -> None:
    register, submission = clinics
    report = publish(register, submission)
    assert report.counts == {"new": 126, "changed": 0, "unchanged": 0, "rejected": 0, "repeated": 0}
    with register.database.reading() as session:
        store = register.store(session)
        for number in numbers(submission):
            for typed in (number, thai_digits(number), number.replace("/", " / "), f" {number}\u200b"):
                (found,) = search(store, typed).exact
                assert found.license.number == number
                assert found.license.iri.tail == f"dep-0706/animal-clinic/{encode_number(number)}"
                assert found.history.status(store.today) is Status.UNKNOWN


def test_the_findings_name_what_a_clerk_should_look_at(clinics: tuple[Register, Submission]) -> None:
    register, submission = clinics
    report = publish(register, submission)
    assert Counter(finding.code for finding in report.findings) == {"column-missing": 2, "expiry-column-missing": 1}
    found = {
        (finding.code, row.line, finding.received) for row in rows_in(register, report) for finding in row.findings
    }
    assert {item for item in found if item[0] == "number-unusual"} == {
        ("number-unusual", 98, "0657-01-04"),
        ("number-unusual", 116, "04--01-553/2565"),
        ("number-unusual", 118, "04-012-109/2565"),
    }
    assert {item for item in found if item[0] == "number-disagrees"} == {
        ("number-disagrees", 79, "01"),
        ("number-disagrees", 123, "01"),
    }
    assert {line for code, line, _received in found if code == "premises-twice"} == {49, 55, 68}
    assert {code for code, *_rest in found} == {"number-unusual", "number-disagrees", "premises-twice"}


def test_the_same_list_again_changes_nothing(clinics: tuple[Register, Submission]) -> None:
    register, submission = clinics
    publish(register, submission)
    before = table_sizes(register)
    report = publish(register, submission)
    assert report.seen_before
    assert report.changes_nothing
    after = table_sizes(register)
    for name in ("license", "license_version", "act", "credential", "status_list", "received_file"):
        assert after[name] == before[name], name


def test_what_arrived_is_kept_cell_by_cell(clinics: tuple[Register, Submission]) -> None:
    register, submission = clinics
    publish(register, submission)
    lines = list(csv.reader(bytes(submission.body).decode("utf-8-sig").splitlines()))
    with register.database.reading() as session:
        kept = {row.line: row.cells["cells"] for row in session.query(ReceivedRow)}
    assert kept == {number: cells for number, cells in enumerate(lines, 1) if number > 1}


def test_nobody_is_told_that_a_clinic_without_dates_is_in_force(clinics: tuple[Register, Submission]) -> None:
    from registry.web.pages import license_page

    register, submission = clinics
    publish(register, submission)
    with register.database.reading() as session:
        store = register.store(session)
        (record,) = search(store, "04--01-553/2565").exact
        page = license_page(register, store, record, "HTTPS://X/C/1")
    assert (page.verdict.genuine.answer, page.verdict.in_force.answer) == (Answer.YES, Answer.UNKNOWN)
    assert page.band.tone == "wait"


def test_every_number_format_is_published_and_found(register: Register, shared_data: Path) -> None:
    with (shared_data / "number_formats.csv").open(encoding="utf-8") as file:
        formats = [row["number"] for row in csv.DictReader(file)]
    assert len(formats) == 68
    from tests.registry.small import row

    # One of them stands there twice: as it is printed, and as the text formula that keeps Excel from shortening it.
    assert {'="10390001225278"', "10390001225278"} < set(formats)
    formats.remove('="10390001225278"')
    report = send(register, *(row(number, premises=f"ร้านที่ {n}") for n, number in enumerate(formats)))
    assert report.counts["new"] == len(formats)
    with register.database.reading() as session:
        store = register.store(session)
        for number in formats:
            found = [record.license.number for record in search(store, number).exact]
            assert registered(number) in found, number
            again = [record.license.number for record in search(store, thai_digits(number)).exact]
            assert registered(number) in again, number
