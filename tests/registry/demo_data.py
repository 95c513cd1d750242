"""The demo's files and catalogue, read as the intake would read them, for the tests of the demo."""

import csv
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import cattrs

from registry.demo.files import ACT_COLUMNS
from registry.demo.generate import ACTS_FILE_NAME, CATALOGUE_FILE, generate
from vocab.authority import (
    Mandate,
    Scope,
)
from vocab.history import Act, ActKind, History, record
from vocab.iri import license_iri, registered
from vocab.license import Term
from vocab.thai import Era, parse_date

BASE = "https://example.org"
DATE_FIELDS = ("issued_on", "valid_from", "expires_on")
T = TypeVar("T")
Identity = tuple[str, str, str, str]


@dataclass(frozen=True)
class Published:
    """One licence as a reader of the mapping sees it."""

    identity: Identity
    fields: dict[str, str]
    particulars: dict[str, str]
    dates: dict[str, date]
    term: Term
    separator: str


@cache
def catalogue() -> dict[str, Any]:
    return tomllib.loads(CATALOGUE_FILE.read_text(encoding="utf-8"))


def structure(cls: type[T], table: str, *, without: frozenset[str] = frozenset()) -> list[T]:
    converter = cattrs.Converter(forbid_extra_keys=True)
    converter.register_structure_hook(date, lambda value, _: value)
    rows = [{key: value for key, value in row.items() if key not in without} for row in catalogue()[table]]
    return [converter.structure(row, cls) for row in rows]


@cache
def mandates() -> dict[tuple[str, str], Mandate]:
    found = {(mandate.authority, mandate.type): mandate for mandate in structure(Mandate, "mandate")}
    assert len(found) == len(catalogue()["mandate"])
    return found


@cache
def generated(today: date) -> tuple[tuple[Published, ...], tuple[dict[str, str], ...]]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        licenses = tuple(
            license
            for publication in generate(folder, today=today)
            for license in read(publication.authority, publication.type, publication.file, publication.mapping)
        )
        with (folder / ACTS_FILE_NAME).open(encoding="utf-8", newline="") as file:
            acts = csv.DictReader(file)
            assert tuple(acts.fieldnames or ()) == ACT_COLUMNS
            return licenses, tuple(acts)


def read(authority: str, type: str, file: Path, mapping_file: Path) -> list[Published]:
    """What the intake will do, in few words: any surprise is an exception."""
    mapping = tomllib.loads(mapping_file.read_text(encoding="utf-8"))
    columns = {key: value for key, value in mapping["columns"].items() if key != "particulars"}
    particulars = mapping["columns"].get("particulars", {})
    blank = set(mapping["cells"]["blank"])
    constants = mapping.get("constants", {})
    era = Era(mapping["dates"]["era"]) if "dates" in mapping else None
    with file.open(encoding="utf-8", newline="") as text:
        table = csv.reader(text)
        heading = next(table)
        rows = [dict(zip(heading, row, strict=True)) for row in table]
    assert len(set(heading)) == len(heading)
    assert {*columns.values(), *particulars.values()} <= set(heading), f"{mapping_file}: no such column"
    licenses = []
    for row in rows:
        cells = {key: "" if cell in blank else cell for key, cell in row.items()}
        fields = {name: cells[column] for name, column in columns.items()} | {
            name: value for name, value in constants.items() if isinstance(value, str)
        }
        dates = {name: parse_date(fields[name], era=era) for name in DATE_FIELDS if fields.get(name)}
        term = Term(
            valid_from=dates.get("valid_from", dates["issued_on"]),
            expires_on=dates.get("expires_on"),
            no_expiry=constants.get("no_expiry", False),
        )
        scope = mandates()[authority, type].scheme.scope
        qualifier = f"be{dates['issued_on'].year + 543}" if Scope.YEAR in scope else ""
        licenses.append(
            Published(
                (authority, type, registered(fields["number"]), qualifier),
                fields,
                {code: cells[column] for code, column in particulars.items()},
                dates,
                term,
                mapping["cells"]["separator"],
            )
        )
    return licenses


def histories(today: date) -> dict[Identity, History]:
    """The acts of every licence, recorded one by one under the transition table."""
    licenses, acts = generated(today)
    at = datetime(2000, 1, 1, tzinfo=UTC)
    begins = {license.identity: license.term.valid_from or date.min for license in licenses}
    found = {}
    for license in licenses:
        grant = Act(
            number=1,
            kind=ActKind.GRANT,
            effective_on=license.dates["issued_on"],
            recorded_at=at,
            by="demo",
            term=license.term,
        )
        found[license.identity] = record(History(), grant)
    for row in acts:
        authority, type = row["authority"], row["type"]
        identity = (authority, type, row["number"], row["qualifier"])
        successor = None
        if row["successor_number"]:
            qualifier = row["successor_qualifier"]
            assert (authority, type, row["successor_number"], qualifier) in found
            successor = license_iri(BASE, authority, type, row["successor_number"], qualifier or None)
        act = Act(
            number=1,
            kind=ActKind(row["kind"]),
            effective_on=date.fromisoformat(row["on"]),
            recorded_at=at,
            by="demo",
            order=row["order"],
            reason=row["reason"],
            until=date.fromisoformat(row["until"]) if row["until"] else None,
            successor=successor,
        )
        found[identity] = record(found[identity], act)  # KeyError: an act on no licence
        assert begins[identity] <= date.fromisoformat(row["on"]) <= today
        assert act.order
        assert act.reason
    return found
