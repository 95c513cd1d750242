"""The demo: made-up data published through the same services as real data, then shown."""

import csv
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

from sqlalchemy import select

from issuers.qr import qr_address, terminal
from registry import urls
from registry.access.acts import set_links
from registry.access.links import By
from registry.catalogue import declare, read_catalogue
from registry.config import Settings
from registry.demo.generate import generate
from registry.intake.batch import Submission
from registry.intake.body import body_at
from registry.intake.publish import publish
from registry.intake.suspicion import SUSPICIONS
from registry.record import LicenseRecord
from registry.register import Register
from registry.reports import Mismatch, Told, receive_report, reports
from registry.services import Decision, perform
from registry.showing.links import new_show_link
from registry.tables import LicenseRow
from vocab.access import parse_access
from vocab.history import ActKind, Status
from vocab.iri import LicenseIri, license_iri

CATALOGUE = Path(__file__).parent / "catalogue.toml"
SHOWN = (Status.ACTIVE, Status.SUSPENDED, Status.EXPIRED)

Bars = Callable[[str], AbstractContextManager[Callable[[int, int], None]]]


def write_demo(register: Register, home: Path, bars: Bars, *, limit: int | None = None) -> None:
    """Publishes the demo data, unless it is there already. An interrupted run is taken up where it stopped.

    `bars` makes a progress bar; `limit` takes only that many files, for tests.
    """
    folder = home / "demo"
    done = folder / "done"
    if done.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    print("Making the demo's data, once: about half a minute.", flush=True)
    register.mark_as_demo()
    declare(register, read_catalogue(CATALOGUE))
    publications = generate(folder, today=_day_of(folder, register.today()))[:limit]
    for publication in publications:
        with bars(f"Publishing {publication.file.name}") as progress:
            publish(
                register,
                Submission(
                    authority=publication.authority,
                    license_type=publication.type,
                    file_name=publication.file.name,
                    body=body_at(publication.file),
                    mapping=publication.mapping.read_text(encoding="utf-8"),
                    mapping_name=publication.mapping.name,
                ),
                accept=SUSPICIONS,
                progress=progress,
            )
    published = {(publication.authority, publication.type) for publication in publications}
    _perform_acts(register, folder / "acts.csv", published, bars)
    _link_documents(register)
    _report_a_sign(register)
    done.touch()


def show_demo(register: Register, settings: Settings) -> None:
    """Prints the address, three licences to open, what to try with the first, and its QR code."""
    address = f"http://{settings.host}:{settings.port}"
    examples = _examples(register)
    print(f"\nThe license registry is at {address}\n")
    for status, record in examples.items():
        print(
            f"  {status.value:<10} {record.license.number}\n"
            f"             {address}{urls.license_document(record.license.iri, 'html')}"
        )
    if Status.ACTIVE in examples:
        shown = examples[Status.ACTIVE]
        print(f"\nWith {shown.license.number}:")
        for use, where in _uses(register, address, shown):
            print(f"  {use:<26} {where}")
        code = qr_address(register.base, shown.check_id)
        print(
            f"\n{terminal(code)}\n{code}\n{_note(register, settings)}\nStop with Ctrl-C. The data stays in {settings.home}",
            flush=True,
        )


def _uses(register: Register, address: str, shown: LicenseRecord) -> Iterator[tuple[str, str]]:
    """What can be done with a licence, and where: by its licensee, by inspectors, by its authority."""
    _, secret = new_show_link(register, shown)
    yield "check it", f"{address}{urls.verify()} (a number, a photo, a PDF, a file)"
    yield "without a network", f"{address}{urls.checker()}"
    yield "hang it up", f"{address}{urls.poster(shown.check_id)}"
    yield "show it on a phone", f"{register.base}{urls.show(secret)} (opens once)"
    yield "put it on a web site", f"{address}{urls.badge(shown.check_id, 'svg')}"
    yield "say that a sign is false", f"{address}{urls.report(shown.license.iri)}"
    yield "read what was said", "license-registry reports list"


def _note(register: Register, settings: Settings) -> str:
    """What to know of the code: it holds the base of the register, wherever the server listens now."""
    if register.base.endswith(f":{settings.port}"):
        return "(It opens on this machine only: a phone knows another localhost.)\n"
    return (
        f"(Codes and IRIs hold {register.base}, frozen when this register was made; they open when it is served there. "
        "For other ones, start with another REGISTRY_HOME.)\n"
    )


def _day_of(folder: Path, today: date) -> date:
    """The day for which the data is made: that of the first try, so that a second one makes the same files."""
    file = folder / "day"
    if not file.exists():
        file.write_text(today.isoformat(), encoding="ascii")
    return date.fromisoformat(file.read_text(encoding="ascii"))


def _perform_acts(register: Register, file: Path, published: set[tuple[str, str]], bars: Bars) -> None:
    with file.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if (row["authority"], row["type"]) in published]
    with bars("Recording decisions") as progress:
        for done, row in enumerate(rows, 1):
            _perform(register, row)
            progress(done, len(rows))


def _perform(register: Register, row: dict[str, str]) -> None:
    iri = _iri(register, row, "number", "qualifier")
    decision = Decision(
        kind=ActKind(row["kind"]),
        on=date.fromisoformat(row["on"]),
        order=row["order"],
        reason=row["reason"],
        until=date.fromisoformat(row["until"]) if row["until"] else None,
        successor=_iri(register, row, "successor_number", "successor_qualifier") if row["successor_number"] else None,
    )
    with register.database.reading() as session:
        record = register.store(session).find(iri)
    done = record and any(
        (act.kind, act.effective_on, act.order) == (decision.kind, decision.on, decision.order)
        for act in record.history.acts
    )
    if not done:
        perform(register, iri, decision)


def _link_documents(register: Register) -> None:
    """Says where the documents of the licences that are shown are: a link of each kind."""
    for status, record in _examples(register).items():
        iri = record.license.iri
        site = f"https://{iri.authority}.example.go.th"
        match status:
            case Status.ACTIVE:
                address = f"{site}/licenses/{record.check_id}.pdf"
                access = parse_access(rights="public", download_url=address, media_type="application/pdf")
            case Status.SUSPENDED:
                access = parse_access(rights="restricted", access_url=f"{site}/log-in")
            case _:
                access = parse_access(rights="nonPublic")
        set_links(register, iri, [access], By())


def _report_a_sign(register: Register) -> None:
    """Somebody saw a sign that does not match: one report waits in its authority's queue."""
    if not reports(register, is_open=None):
        record = _examples(register)[Status.ACTIVE]
        receive_report(
            register,
            record,
            Told(wrong=frozenset({Mismatch.ADDRESS}), text="ป้ายติดอยู่ที่ร้านอื่น คนละถนนกับที่อยู่ในใบอนุญาต (ข้อมูลสมมุติ)"),
        )


def _iri(register: Register, row: dict[str, str], number: str, qualifier: str) -> LicenseIri:
    return license_iri(register.base, row["authority"], row["type"], row[number], row[qualifier] or None)


def _examples(register: Register) -> dict[Status, LicenseRecord]:
    """One licence of each status that is shown, in that order."""
    found: dict[Status, LicenseRecord] = {}
    with register.database.reading() as session:
        store = register.store(session)
        for license_id in session.scalars(select(LicenseRow.id).order_by(LicenseRow.id)):
            record = store.find_by_id(license_id)
            status = record.history.status(store.today) if record else None
            if record and status in SHOWN and status not in found:
                found[status] = record
            if len(found) == len(SHOWN):
                break
    return {status: found[status] for status in SHOWN if status in found}
