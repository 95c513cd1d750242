"""The bench measures what it says: hostile documents are refused, made-up licences verify, the page has the last table."""

import json

import pytest

from bench import corpus, hostile, ours, report
from bench.measure import Contestant, in_turns, ratio
from verify.verdict import Answer
from verify.verifier import examine

TRUST = corpus.trust()
RECORDS = [*corpus.records(40), *corpus.varied_records(40)]


@pytest.mark.parametrize("make", [ours.issue, ours.issue_walked, ours.issue_and_verify])
def test_what_is_issued_is_genuine(make: object) -> None:
    assert callable(make)
    for record in RECORDS:
        ours.verify(make(record), TRUST)


def test_with_a_template_or_without_the_bytes_are_the_same() -> None:
    for record in RECORDS * 3:
        assert ours.issue(record) == ours.issue_walked(record)


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
