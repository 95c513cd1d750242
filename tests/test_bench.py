"""The bench measures what it says: hostile documents are refused, made-up licences verify, the pages have the last tables."""

import csv
import io
import json
import math
import os
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bench import asked, corpus, hostile, lists, ours, report, scale, serving
from bench.aside import aside
from bench.catalogue import catalogue
from bench.codes import code_of, code_trust, identity_of, judge
from bench.engines import SQLITE, Engine, Place
from bench.intake import publishing, reading_and_checking
from bench.lookup import looking_up
from bench.measure import Contestant, in_turns, ratio
from bench.shown import NOT_MEASURED
from bench.synthetic import sample
from bench.writing import writing
from verify.verdict import Answer
from verify.verifier import examine
from vocab.iri import is_juristic_number

TRUST = corpus.trust()
MACHINE = {"processor": "one", "cores": 1, "system": "this", "Python": "3"}
RECORDS = [*corpus.records(40), *corpus.varied_records(40)]


@pytest.mark.parametrize("make", [ours.issue, ours.issue_walked, ours.issue_and_verify])
def test_what_is_issued_is_genuine(make: object) -> None:
    assert callable(make)
    for record in RECORDS:
        ours.verify(make(record), TRUST)


def test_with_a_template_or_without_the_bytes_are_the_same() -> None:
    for record in RECORDS * 3:
        assert ours.issue(record) == ours.issue_walked(record)


def test_the_codes_are_genuine_and_one_of_another_licence_stops_the_bench() -> None:
    known = code_trust()
    made = [code_of(record, identity_of(record)) for record in RECORDS[:8]]
    for text in made:
        judge(text, known)
    swapped = f"{made[0].partition('#')[0]}#{made[1].partition('#')[2]}"
    with pytest.raises(RuntimeError, match="not genuine"):
        judge(swapped, known)


def test_no_hostile_document_is_larger_than_said_or_genuine() -> None:
    good = json.loads(ours.issue(RECORDS[0]))
    documents = hostile.documents(good, corpus.BASE)
    assert len(documents) > 40
    for name, raw in documents.items():
        assert len(raw) <= hostile.LIMIT, name
        assert examine(raw, TRUST, corpus.NOW).genuine.answer is not Answer.YES, name


def test_turns_are_taken_by_all() -> None:
    seen: list[tuple[str, int]] = []
    taken = in_turns(
        {
            "a": Contestant(lambda n: seen.append(("a", n)), 2),
            "b": Contestant(lambda n: seen.append(("b", n)), 1),
        },
        3,
        {"c": lambda: 0.5},
    )
    assert {name: len(found) for name, found in taken.items()} == {"a": 3, "b": 3, "c": 3}
    assert seen[3:] == [("a", 0), ("a", 1), ("b", 0), ("a", 2), ("a", 3), ("b", 2), ("a", 4), ("a", 5), ("b", 4)]


def test_a_ratio_is_that_of_the_best_rounds() -> None:
    assert ratio(of=[1.0, 3.0], to=[4.0, 9.0]) == 4.0


def test_the_page_has_the_table_of_the_last_run() -> None:
    figures = json.loads((report.ROOT / "bench" / "latest.json").read_text())
    assert report.table(figures) in (report.ROOT / "docs" / "speed.md").read_text(encoding="utf-8")


def test_the_page_of_scale_has_the_tables_of_the_last_run() -> None:
    assert scale.table(scale.last()) in scale.PAGE.read_text(encoding="utf-8")


def test_a_list_is_always_the_same_and_its_numbers_could_be_real() -> None:
    rows = list(lists.rows(200))
    assert rows == list(lists.rows(200))
    assert rows[:50] == list(lists.rows(50))
    assert {len(row) for row in rows} == {len(lists.HEADINGS)} == {19}
    assert all(is_juristic_number(str(row[3])) for row in rows if row[3])


def test_a_list_as_xlsx_is_what_other_software_reads() -> None:
    rows = list(lists.rows(30))
    body = lists.as_xlsx(rows)
    sheet = openpyxl.load_workbook(io.BytesIO(body)).active
    assert sheet is not None
    found = [tuple(_read(cell) for cell in row) for row in sheet.iter_rows(values_only=True)]
    assert found == [lists.HEADINGS, *rows]
    assert lists.as_xlsx(rows) == body
    assert lists.as_xlsx(rows, saved="2027-01-01T00:00:00Z") != body


def _read(cell: Any) -> Any:
    return "" if cell is None else cell.date() if hasattr(cell, "date") else cell


def test_a_list_as_csv_has_the_same_cells() -> None:
    rows = list(lists.rows(30))
    found = list(csv.reader(io.StringIO(lists.as_csv(rows).decode("utf-8-sig"))))
    assert found[0] == list(lists.HEADINGS)
    assert [row[:15] for row in found[1:]] == [[str(cell) for cell in row[:15]] for row in rows]
    days = [
        date(int(year) - 543, int(month), int(day)) for day, month, year in (row[17].split("/") for row in found[1:])
    ]
    assert days == [row[17] for row in rows]
    assert lists.as_csv(rows, "cp874").decode("cp874") == lists.as_csv(rows).decode("utf-8-sig")


def test_work_aside_is_done_in_another_process_whose_memory_is_seen() -> None:
    made, memory = aside(os.getpid)
    assert made != os.getpid()
    assert memory is None or memory.largest > 1 << 20


def test_what_fails_aside_fails_here() -> None:
    with pytest.raises(RuntimeError, match="sqrt failed in its process: ValueError"):
        aside(math.sqrt, -1)


def _both(rows: int, place: Place) -> report.Figures:
    return scale.inspect(rows, place) | catalogue(rows, place)


@pytest.fixture(scope="module")
def agency() -> report.Figures:
    """Files of agencies, measured as `make bench` does it, but small and on SQLite alone."""
    engine, rows = Engine(SQLITE, None), 40
    with pytest.MonkeyPatch.context() as few:
        for name, value in {"ROUNDS": 2, "A_ROUND": 10, "AGAIN": 5}.items():
            few.setattr(serving, name, value)
        of = {
            "writing": writing(engine, rows, sample()),
            "look-up": looking_up(engine, rows, sample()),
            "publishing": publishing(engine, rows, partial(_both, rows)),
        }
    return {"reading": reading_and_checking(engine, rows), "engines": {SQLITE: of}}


def test_files_of_agencies_are_measured_beside_their_limits(agency: report.Figures) -> None:
    lines = list(report.agency_lines({"agency": agency}))
    assert len(lines) == 2 + 1 + len(report.AGENCY_LINES) + 1
    assert all(NOT_MEASURED in line for line in lines[3:-1])
    assert all(goal in "\n".join(lines) for _, goal, _ in report.AGENCY_LINES)


def test_what_the_catalogue_is_asked_is_measured_beside_its_goals(agency: report.Figures) -> None:
    found = agency["engines"][SQLITE]["publishing"]
    lines = list(asked.table({SQLITE: found}))
    assert len(lines) == 2 + len(asked.LINES) + 1
    for line, (label, goal, _) in zip(lines[2:], asked.LINES, strict=False):
        assert line.startswith(f"| {label} | ")
        assert line.endswith(f" | {NOT_MEASURED} | {goal} |")
    assert found["dumped"]["changed"] == 1
    assert 0 < found["feed share"] < 1
    assert found["search"]["exact"]["p50"] <= found["search"]["exact"]["p99"]
    assert set(found["served"]) > {"bare", "page", "JSON-LD", "JSON-LD, unchanged"}
    figures = {"machine": MACHINE, "sizes": {"40": {SQLITE: found}}, "catalogue": {"40": {SQLITE: found}}}
    assert "| the catalogue of 40 licences |" in scale.table(figures | {"a list signed": 0.001})
    assert list(asked.table({SQLITE: {"rows": 40}})) == []


def test_what_is_served_must_be_an_answer(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"HTTP/1\.1 404"):
        serving.serving(made_place(tmp_path), [f"{n}/2567" for n in range(20)])


def made_place(home: Path) -> Place:
    """A register without any licences."""
    place = Place(home, f"sqlite:///{home / 'registry.db'}")
    place.make().database.close()
    return place


def test_a_size_is_reported_by_licence(agency: report.Figures) -> None:
    figures = {
        "machine": MACHINE,
        "a list signed": 0.001,
        "sizes": {"40": {SQLITE: agency["engines"][SQLITE]["publishing"]}},
    }
    made = scale.table(figures)
    assert f"| 40 | {SQLITE} | xlsx," in made
    assert f"| 40 | PostgreSQL | {NOT_MEASURED}" in made
    assert "| `credential` |" in made


def test_fifty_million_are_reckoned_from_what_postgresql_took(agency: report.Figures) -> None:
    found = agency["engines"][SQLITE]["publishing"] | {
        "vacuum": 1.0,
        "dump": 1.0,
        "dump bytes": 40_000,
        "bytes": 400_000,
    }
    sizes = {"40": {SQLITE: found, "PostgreSQL": found}}
    made = scale.table({"machine": MACHINE, "a list signed": 0.001, "sizes": sizes})
    assert "| on disk after the first load | 500 GB |" in made
    assert "| signing all of them anew, once a day, one core | 17 s |" in made
