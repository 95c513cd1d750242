"""JSON: lists of objects in the forms in which agencies' systems give them."""

import json

import pytest

from registry.intake.reading import structured
from tests.registry.intake.reading.files import read, read_here
from tests.registry.intake.reading.test_delimited import refusal

RECORDS = [{"number": "1/2567", "name": "ก"}, {"number": "2/2567", "size": 12}]
CELLS = [("1/2567", "ก", ""), ("2/2567", "", "12")]


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(RECORDS),
        json.dumps(RECORDS, ensure_ascii=False, indent=2),
        json.dumps({"total": 2, "columns": ["a"], "data": RECORDS, "next": None}),
        json.dumps({"data": RECORDS}),
    ],
)
def test_lists_of_objects(body: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        found = read_here(body.encode(encoding))
        assert (found.headings, found.cells, found.lines) == (("number", "name", "size"), CELLS, [1, 2])
        assert (found.form.kind, found.form.heading_line) == ("json", 0)


def test_objects_on_lines() -> None:
    body = "".join(json.dumps(record) + "\n\n" for record in RECORDS).encode()
    for name in ("", "list.jsonl"):
        found = read(body, name)
        assert (found.form.kind, found.cells, found.lines) == ("jsonl", CELLS, [1, 3])


def test_one_object_is_one_row() -> None:
    assert read_here(json.dumps(RECORDS[0]).encode()).cells == [("1/2567", "ก")]
    assert read_here(json.dumps(RECORDS[0]).encode(), "a.ndjson").cells == [("1/2567", "ก")]


def test_values_as_text() -> None:
    body = (
        '[{"a": 22308.0, "b": 0012e3, "c": true, "d": null, "e": 1105558000001, "f": ["x", 2, null], "g": {"h": {"i": 1}},'
        ' "g.h": {"i": 2}, "j": [{"k": 1}], " l  m ": "\\u0e01"}]'
    ).replace("0012e3", "12e3")
    found = read_here(body.encode())
    assert found.headings == ("a", "b", "c", "d", "e", "f", "g.h.i", "g.h.i (2)", "j", "l m")
    assert found.cells == [
        ("22308.0", "12e3", "TRUE", "", "1105558000001", "x\n2", "1", "2", '[{"k": "1"}]', "ก"),
    ]


def test_a_list_longer_than_what_is_held_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(structured, "_BLOCK", 7)
    records = [{"number": str(n), "name": "x" * (n % 50), "deep": {"er": [1, 2]}} for n in range(200)]
    for body in (json.dumps(records, indent=1), json.dumps({"count": 1234567890, "data": records, "last": 12})):
        found = read_here(body.encode())
        assert found.cells == [(str(n), "x" * (n % 50), "1\n2") for n in range(200)]


@pytest.mark.parametrize(
    ("body", "reason", "part"),
    [
        ("[]", "empty", ""),
        ("[{}]", "empty", ""),
        ('[{"a": ""}]', "empty", ""),
        ('[{"a": 1}', "json-damaged", "expected"),
        ('[{"a": 1}] x', "json-damaged", "behind the end"),
        ('[\n{"a": 1},\n{"a": }]', "json-damaged", "line 3"),
        ('[{"a": 1, "a": 2}]', "json-damaged", "twice"),
        ('[{"a": NaN}]', "json-damaged", "NaN"),
        ('[{"a": 1}, 2]', "json-form", "not an object"),
        ("[[1, 2]]", "json-form", "not an object"),
        ('{"a": [{"x": 1}], "b": [{"x": 1}]}', "json-form", "several (a, b)"),
        ('{"a": [{"x": 1}]', "json-damaged", "expected"),
        ('{"a": 1}\n{"a": 1\n', "json-damaged", "line 2"),
        ('{"a": 1}\n{"a": 1}\n[]\n', "json-form", "line 3"),
        ('{"a" 1}', "json-damaged", ": is expected"),
        (json.dumps([{f"c{n}": 1 for n in range(501)}]), "too-many-columns", "501"),
        (json.dumps([{"a": "x" * 32_768}]), "cell-too-long", "32767"),
        (json.dumps([{"a": ["x" * 30_000] * 100}]), "row-too-long", "1000000"),
    ],
)
def test_unreadable_json(body: str, reason: str, part: str) -> None:
    error = refusal(body.encode())
    assert error.reason == reason
    assert part in str(error)


def test_a_name_does_not_make_json_of_anything_else() -> None:
    assert refusal(b"number,name\n1,a\n", "list.json").reason == "json-damaged"
    assert read(b"[x],{y}\n1,a\n", "list.csv").headings == ("[x]", "{y}")
