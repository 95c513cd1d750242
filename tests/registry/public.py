"""What anybody can see of a register, and whether all that is in it agrees."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from registry.entries import ChangeKind, Entries
from registry.issuing import holding_versions
from registry.record import LicenseRecord, RecordStatus
from registry.register import Register
from registry.search import search
from registry.tables import ChangeRow, CredentialRow, EntryRow, LicenseRow, StatusListRow
from tests.registry.small import verdict
from vocab.history import FINAL, Standing, Status

LATER = timedelta(days=400)


@dataclass(frozen=True)
class Shown:
    """What is public of one licence: its record, its faces now and later, and where it stands now and later."""

    record: str
    face: str
    newest: str
    status: str
    later: str
    check_id: str


def public_state(register: Register) -> dict[str, Shown]:
    """What is public of each licence, by tail."""
    dump, today = register.codec.dump, register.today()
    return {
        record.newest.iri.tail: Shown(
            record=record.record_status,
            face=dump(record.license),
            newest=dump(record.newest),
            status=record.history.status(today).value,
            later=record.history.status(today + LATER).value,
            check_id=record.check_id,
        )
        for record in records(register)
        if record.is_shown
    }


def records(register: Register) -> list[LicenseRecord]:
    """All that the register holds, also what is public no longer."""
    with register.database.reading() as session:
        ids = session.scalars(select(LicenseRow.id).order_by(LicenseRow.id)).all()
        return register.store(session).records(ids)


def found_by(register: Register, query: str) -> set[str]:
    """The tails of the licences that a search finds, suggestions included."""
    with register.database.reading() as session:
        found = search(register.store(session), query)
    return {record.newest.iri.tail for group in (found.exact, found.named, found.similar) for record in group}


def check_agreement(register: Register, *, verified: int = 1) -> None:
    """Credentials, status lists, histories and records say the same, and every `verified`th licence can be verified.

    Every credential that holds is in force as its history says, and every other one is withdrawn; no place is used twice.
    """
    check_entries(register)
    today = register.today()
    with register.database.reading() as session:
        store = register.store(session)
        bits = {(row.authority_id, row.purpose, row.number): row.bits for row in session.scalars(select(StatusListRow))}
        credentials: dict[int, list[CredentialRow]] = {}
        for credential in session.scalars(select(CredentialRow)):
            credentials.setdefault(credential.license_id, []).append(credential)
        places = [
            (each.authority_id, each.list_number, each.list_index) for group in credentials.values() for each in group
        ]
        assert len(places) == len(set(places))
        session.expunge_all()
        versions = {record.id: store.versions(record.id) for record in records(register)}
    for number, record in enumerate(records(register)):
        standing = record.history.standing(today)
        ended = standing in FINAL or record.record_status == RecordStatus.WITHDRAWN
        holding = set() if ended else holding_versions(versions[record.id], record.history, today)
        own = credentials[record.id]
        assert {credential.version_sequence for credential in own} == {
            version.sequence for version in versions[record.id]
        }, "each version has its credential"
        for credential in own:
            place = (credential.authority_id, credential.list_number)
            newest = max(each.number for each in own if each.version_sequence == credential.version_sequence)
            holds = credential.version_sequence in holding and credential.number == newest
            assert _bit(bits[place[0], "revocation", place[1]], credential.list_index) is not holds
            if holds:
                suspended = _bit(bits[place[0], "suspension", place[1]], credential.list_index)
                assert suspended is (standing is Standing.SUSPENDED)
        if number % verified:
            continue
        current = next(each for each in own if each.version_sequence == record.version_sequence)
        told = verdict(register, current.body)
        assert told.genuine.answer == "yes"
        status = record.history.status(today)
        answers = {Status.ACTIVE: "yes", Status.UNKNOWN: "unknown"}
        assert told.in_force.answer == ("no" if ended else answers.get(status, "no")), (told.in_force, status)


def check_entries(register: Register) -> None:
    """What lists and the change feed say is what is public: made anew, nothing differs; the last change of each says the same."""
    ids = [record.id for record in records(register)]
    with register.database.writing() as session:
        assert Entries(register, session, register.store(session)).follow(ids) == 0
        entries = {row.license_id: row for row in session.scalars(select(EntryRow))}
        last = {row.license_id: row for row in session.scalars(select(ChangeRow).order_by(ChangeRow.sequence))}
        for license_id in ids:
            row, change = entries.get(license_id), last[license_id]
            assert (change.kind == ChangeKind.DELETE) is (row is None)
            if row is not None:
                assert (change.status, change.record_status, change.digest) == (
                    row.status,
                    row.record_status,
                    row.digest,
                )


def _bit(bits: bytes, index: int) -> bool:
    return bool(bits[index // 8] & (0x80 >> index % 8))
