"""Writing what an agency would hand in: its table as CSV, the mapping that reads it, and the acts on its licences."""

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from random import Random
from typing import Final

from registry.demo.entries import Entry
from registry.demo.headings import STYLES, Style
from registry.demo.kinds import KINDS, Kind
from registry.demo.lives import Event
from registry.demo.sheets import ORDERS, Sheet
from vocab.thai import thai_digits

ACT_COLUMNS: Final = (
    *("authority", "type", "number", "qualifier", "kind", "on", "until"),
    *("order", "reason", "successor_number", "successor_qualifier"),
)
_LOCATED: Final = frozenset(
    {"street", "subdistrict", "district", "province", "postal_code", "subdistrict_code", "latitude", "longitude"}
)
# Codes and coordinates come out of systems, which know no Thai digits.
_HAND_WRITTEN: Final = frozenset({"street"})


def write_table(path: Path, sheet: Sheet, entries: Iterable[Entry]) -> None:
    """The licences of `sheet` as UTF-8 CSV, in its own style, in the order of `entries`."""
    kind, style = KINDS[sheet.type], STYLES[sheet.style]
    columns = columns_of(sheet)
    headings = [*columns.values(), *(heading for heading, _ in kind.particulars.values())]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([style.counter, *headings] if style.counter else headings)
        for at, entry in enumerate(entries, 1):
            fields = _fields(entry, style)
            cells = [fields[name] for name in columns]
            cells += [_written(value, style) for value in entry.bearer.particulars.values()]
            cells = [cell or (style.blank[0] if style.blank else "") for cell in cells]
            writer.writerow([_written(str(at), style), *cells] if style.counter else cells)


def write_mapping(path: Path, sheet: Sheet) -> None:
    """Which column of `sheet` is which field, as TOML."""
    kind, style = KINDS[sheet.type], STYLES[sheet.style]
    constants: dict[str, str | bool] = {}
    if not kind.duration.years:
        constants["no_expiry"] = True
    if kind.address:
        constants |= sheet.constants
    sections: dict[str, Mapping[str, object]] = {
        "columns": columns_of(sheet),
        "columns.particulars": {code: heading for code, (heading, _) in kind.particulars.items()},
        "dates": {"era": style.era} if style.era else {},
        "constants": constants,
        "cells": {"blank": list(style.blank), "separator": style.separator},
    }
    # JSON's strings, booleans and lists of strings are TOML's too, as long as no control character is in them.
    blocks = [
        "\n".join([f"[{name}]", *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in pairs.items())])
        for name, pairs in sections.items()
        if pairs
    ]
    path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")


def act_rows(rng: Random, sheet: Sheet, entries: Iterable[Entry]) -> list[dict[str, str]]:
    """The acts after the grant, one row each, with the keys `ACT_COLUMNS`."""
    return [
        {
            "authority": sheet.authority,
            "type": sheet.type,
            "number": entry.number,
            "qualifier": entry.qualifier,
            "kind": event.kind.value,
            "on": event.on.isoformat(),
            "until": event.until.isoformat() if event.until else "",
            "order": _order(rng, sheet, event),
            "reason": event.reason,
            "successor_number": entry.successor.number if entry.successor else "",
            "successor_qualifier": entry.successor.qualifier if entry.successor else "",
        }
        for entry in entries
        for event in entry.events
    ]


def write_acts(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    """All acts of all tables as one CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ACT_COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def columns_of(sheet: Sheet) -> dict[str, str]:
    """Our field -> the heading of its column, for the columns that this table has."""
    kind = KINDS[sheet.type]
    return {
        name: heading
        for name, heading in STYLES[sheet.style].headings.items()
        if name not in sheet.constants and _belongs(name, kind, sheet.type)
    }


def _belongs(name: str, kind: Kind, type: str) -> bool:
    match name:
        case "premises" | "premises_en":
            return bool(kind.words)
        case "activity":
            return bool(kind.activities)
        case "condition":
            return bool(kind.conditions)
        case "juristic_id":
            return kind.companies > 0
        case "expires_on":
            return kind.duration.years > 0
        case "renews":
            return kind.duration.renumbers
        case "aliases":
            return type in {"factory", "tour-business"}
        case _:
            return kind.address or name not in _LOCATED


def _fields(entry: Entry, style: Style) -> dict[str, str]:
    dates = entry.dates
    fields = dict.fromkeys(style.headings, "") | dict(entry.bearer.cells)
    if style.thai_digits:
        fields |= {name: thai_digits(fields[name]) for name in _HAND_WRITTEN & fields.keys()}
    return fields | {
        "number": entry.number,
        "renews": entry.renews.number if entry.renews else "",
        "aliases": style.separator.join(entry.aliases),
        "activity": style.separator.join(entry.bearer.activities),
        "issued_on": style.written(dates.issued_on),
        "valid_from": style.written(dates.valid_from),
        "expires_on": style.written(dates.expires_on) if dates.expires_on else "",
    }


def _written(text: str, style: Style) -> str:
    return thai_digits(text) if style.thai_digits else text


def _order(rng: Random, sheet: Sheet, event: Event) -> str:
    number, year = rng.randint(11, 2999), event.on.year + 543
    return ORDERS[sheet.authority].format(n=thai_digits(str(number)), be=thai_digits(str(year)))
