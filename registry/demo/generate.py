"""The demo's register, made up afresh: what a few agencies would hand in, with dates around any given day."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Final

from registry.demo.entries import draw_entries
from registry.demo.files import act_rows, write_acts, write_mapping, write_table
from registry.demo.people import People
from registry.demo.sheets import SHEETS

CATALOGUE_FILE: Final = Path(__file__).with_name("catalogue.toml")
"""Authorities, types, mandates and announcements: keys are the fields of the classes in `vocab.authority`."""

ACTS_FILE_NAME: Final = "acts.csv"
"""Where `generate` writes what was done to the licences after their grant."""


@dataclass(frozen=True)
class Publication:
    """One table that an authority publishes, and the mapping that reads it."""

    authority: str
    type: str
    file: Path
    mapping: Path


def generate(folder: Path, *, today: date, seed: int = 13) -> list[Publication]:
    """Write every table, its mapping and the acts into `folder` (made if missing); equal arguments, equal bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = Random(seed)
    people = People(rng)
    publications: list[Publication] = []
    acts: list[dict[str, str]] = []
    for sheet in SHEETS:
        entries = draw_entries(rng, people, sheet, today)
        stem = f"{sheet.authority}.{sheet.type}"
        publication = Publication(sheet.authority, sheet.type, folder / f"{stem}.csv", folder / f"{stem}.toml")
        write_table(publication.file, sheet, entries)
        write_mapping(publication.mapping, sheet)
        publications.append(publication)
        acts += act_rows(rng, sheet, entries)
    write_acts(folder / ACTS_FILE_NAME, acts)
    return publications
