"""Many licences in one request, one a line: each is answered, and a bad one stops no other."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from issuers.signer import SigningUnavailable
from registry.api import push, stream
from registry.register import Register
from registry.tables import BatchRow, ReceivedRow
from registry.tokens import TokenScope
from tests.registry.office import problem
from tests.registry.pushing import LICENSE, System
from tests.registry.small import CLINIC, FOOD, OFFICE, TOWN, act, find, iri, table_sizes
from tests.registry.statements import statements
from vocab.history import ActKind


@pytest.fixture
def system(client: FlaskClient, register: Register) -> System:
    return System(client, register)


@pytest.fixture
def sqlite_system(sqlite_client: FlaskClient, sqlite_register: Register) -> System:
    return System(sqlite_client, sqlite_register)


def licence(number: int, **members: Any) -> dict[str, Any]:
    return LICENSE | {"number": f"{number}/2567", **members}


def answers(answer: TestResponse) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/jsonl"
    return [json.loads(line) for line in answer.data.splitlines()]


def test_each_line_is_answered_and_a_bad_one_stops_no_other(system: System, register: Register) -> None:
    sent = [
        licence(1),
        licence(2, expires_on="31/02/2567"),
        b"",
        b"{no JSON",
        licence(3, colour="red"),
        licence(4),
        LICENSE,
    ]
    *each, last = answers(system.send_lines(sent))
    assert [(item["line"], item["outcome"], item["iri"]) for item in each] == [
        (1, "created", str(iri("1/2567"))),
        (2, "rejected", None),
        (4, "rejected", None),
        (5, "rejected", None),
        (6, "created", str(iri("4/2567"))),
        (7, "rejected", None),
    ]
    assert each[0]["findings"] == []
    assert each[1]["problem"]["type"] == "/problems/license-rejected"
    (finding,) = each[1]["findings"]
    assert (finding["member"], finding["received"]) == ("expires_on", "31/02/2567")
    assert [item["problem"]["type"] for item in each[2:4]] == ["/problems/member-refused"] * 2
    assert each[3]["problem"]["pointer"] == "/colour"
    assert each[5]["findings"][0]["code"] == "number-missing"
    assert last == {"summary": {"lines": 6, "created": 2, "changed": 0, "unchanged": 0, "rejected": 4}}
    assert find(register, "4/2567").version == 1


def test_sending_the_same_again_writes_nothing(system: System, register: Register) -> None:
    sent = [licence(n) for n in range(1, 6)]
    answers(system.send_lines(sent))
    before = table_sizes(register)
    *each, last = answers(system.send_lines(sent))
    assert {item["outcome"] for item in each} == {"unchanged"}
    assert last["summary"]["unchanged"] == 5
    assert table_sizes(register) == before


def test_lines_are_published_in_chunks_and_a_later_line_knows_an_earlier_one(
    sqlite_system: System, sqlite_register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "CHUNK_LINES", 3)
    sent = [licence(1), licence(1), licence(1, expires_on="2028-02-28"), licence(1), licence(2), licence(3), licence(4)]
    *each, last = answers(sqlite_system.send_lines(sent))
    assert [item["outcome"] for item in each] == [
        *("created", "unchanged", "changed", "rejected", "created", "created", "created")
    ]
    assert "not changed back" in each[3]["problem"]["detail"]
    assert last["summary"]["lines"] == 7
    assert [item.kind for item in find(sqlite_register, "1/2567").history.acts] == [ActKind.GRANT, ActKind.RENEW]
    with sqlite_register.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ReceivedRow)) == 5
        assert set(session.scalars(select(BatchRow.channel))) == {"api"}


def test_what_the_register_knows_stands_against_a_line(sqlite_system: System, sqlite_register: Register) -> None:
    sqlite_system.send_lines([licence(1)])
    act(sqlite_register, "1/2567", ActKind.REVOKE)
    each, _ = answers(sqlite_system.send_lines([licence(1, street="1 ถนนหลัก")]))
    assert (each["outcome"], each["problem"]["type"]) == ("rejected", "/problems/not-issued")


@pytest.mark.parametrize(
    "lines",
    [
        [licence(n, premises=f"ร้าน {n}") for n in range(1, 61)],
        [licence(n, premises=f"ใหม่ {n}") for n in range(1, 61)],
        [licence(n, renews=f"{n}/2566") for n in range(1, 61)],
    ],
    ids=["new", "changed", "renewing"],
)
def test_a_long_chunk_asks_the_database_about_as_often_as_a_short_one(
    system: System, register: Register, lines: list[dict[str, Any]]
) -> None:
    if "ใหม่" in lines[0]["premises"]:
        answers(system.send_lines([licence(n) for n in range(1, 61)]))
    if "renews" in lines[0]:
        answers(system.send_lines([LICENSE | {"number": f"{n}/2566"} for n in range(1, 61)]))
    with statements(register) as short:
        answers(system.send_lines(lines[:3]))
    with statements(register) as long:
        *_, last = answers(system.send_lines(lines[3:]))
    assert last["summary"]["rejected"] == last["summary"]["unchanged"] == 0
    assert len(long) <= len(short) + 5
    assert sum(each.startswith("SELECT") for each in long) < 60


def test_lines_that_have_to_do_with_each_other_are_planned_one_upon_the_other(system: System) -> None:
    sent = [
        licence(1),
        licence(2, renews="1/2567"),
        licence(3, renews="4/2567"),
        licence(4),
        licence(3, renews="4/2567"),
        licence(1, expires_on="2028-02-28"),
        licence(1, expires_on="2028-02-28"),
        licence(5, aliases=["6/2567"]),
    ]
    *each, _ = answers(system.send_lines(sent))
    assert [item["outcome"] for item in each] == [
        *("created", "created", "rejected", "created", "created", "changed", "unchanged", "created")
    ]


def test_a_crash_in_the_middle_leaves_whole_chunks(
    sqlite_system: System, sqlite_register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "CHUNK_LINES", 2)
    sent = [licence(n) for n in range(1, 7)]
    plan_license, calls = push.plan_license, iter(range(100))

    def failing(*arguments: Any) -> Any:
        if next(calls) == 3:
            raise SigningUnavailable("the token does not answer")
        return plan_license(*arguments)

    monkeypatch.setattr(stream, "plan_license", failing)
    first, second, last = answers(sqlite_system.send_lines(sent))
    assert [first["outcome"], second["outcome"]] == ["created", "created"]
    # Why is for the operator; that nothing of the rest is public is for everybody.
    assert last["problem"] == {
        "type": "/problems/signing-unavailable",
        "title": "The registry cannot sign at the moment. Nothing was published.",
        "status": 503,
        "detail": "the key that signs cannot be used at the moment: send the same again later",
    }
    assert table_sizes(sqlite_register)["license"] == 2
    *each, last = answers(sqlite_system.send_lines(sent))
    assert [item["outcome"] for item in each] == ["unchanged"] * 2 + ["created"] * 4


def test_a_fault_of_ours_says_nothing_of_itself(
    sqlite_system: System, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(*arguments: Any) -> Any:
        raise RuntimeError("secret")

    monkeypatch.setattr(stream, "plan_license", failing)
    (last,) = answers(sqlite_system.send_lines([licence(1)]))
    assert last["problem"]["type"] == "/problems/internal-error"
    assert "secret" not in json.dumps(last)
    assert "secret" in caplog.text


def test_lines_and_their_number_are_bounded(
    sqlite_system: System, sqlite_register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "MAX_LINES", 3)
    long = json.dumps(licence(1, street="ก" * 30_000), ensure_ascii=False).encode()
    assert len(long) > stream.MAX_LINE_BYTES
    *each, last = answers(sqlite_system.send_lines([long, licence(2), licence(3), licence(4)]))
    assert [(item["line"], item["outcome"]) for item in each] == [(1, "rejected"), (2, "created"), (3, "created")]
    assert "at most 3 lines" in last["problem"]["detail"]
    assert table_sizes(sqlite_register)["license"] == 2


def test_a_line_that_is_too_long_is_told_its_bound(sqlite_system: System) -> None:
    each, _ = answers(sqlite_system.send_lines([licence(1, street="x" * (5 << 20))]))
    assert "at most 65,536 bytes" in each["problem"]["detail"]


def test_nothing_empty_and_nothing_twice_is_made_of_lines(sqlite_system: System, sqlite_register: Register) -> None:
    sent = [{"number": "1/2567"}, licence(2), licence(3) | {"number": "2-2567"}, licence(3) | {"number": "๒/๒๕๖๗"}]
    sent.append({**sent[-1], "distinct": True})
    *each, last = answers(sqlite_system.send_lines(sent))
    assert [item.get("problem", {}).get("type", "").removeprefix("/problems/") for item in each] == [
        *("license-empty", "", "number-similar", "number-similar", "")
    ]
    assert last["summary"]["created"] == 2
    assert table_sizes(sqlite_register)["license"] == 2


def test_a_mark_before_the_text_does_no_harm(sqlite_system: System) -> None:
    marked = b"\xef\xbb\xbf" + json.dumps(licence(1)).encode()
    each, _ = answers(sqlite_system.send_lines([marked, licence(2)]))[:2]
    assert each["outcome"] == "created"
    assert sqlite_system.put(b"\xef\xbb\xbf" + json.dumps(LICENSE).encode()).status_code == 201


def test_a_request_that_is_too_large_is_not_read(sqlite_system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    from registry.web import api_licenses

    monkeypatch.setattr(api_licenses, "MAX_STREAM_BYTES", 1_000)
    refused = problem(sqlite_system.send_lines([licence(n) for n in range(20)]), 413, "http-413")
    assert "1000 bytes" in refused["detail"]


def test_the_answers_do_not_depend_on_where_the_bytes_are_cut(sqlite_system: System) -> None:
    without_end = json.dumps(licence(1)).encode()
    for body, lines in ((without_end, 1), (b"", 0), (b"\n\r\n \n", 0), (without_end + b"\r\n" + without_end, 2)):
        answer = sqlite_system.client.post(
            f"/api/v1/licenses/{TOWN}/{FOOD}",
            data=body,
            headers=sqlite_system.headers,
            content_type="application/x-ndjson",
        )
        assert answers(answer)[-1]["summary"]["lines"] == lines


def test_who_may_not_is_told_so_before_anything_is_read(
    sqlite_system: System, sqlite_client: FlaskClient, sqlite_register: Register
) -> None:
    problem(sqlite_system.send_lines([licence(1)], OFFICE), 403, "not-permitted")
    problem(sqlite_system.send_lines([licence(1)], TOWN, CLINIC), 403, "not-permitted")
    problem(sqlite_system.send_lines([licence(1)], TOWN, "no-such"), 404, "no-such-license-type")
    acting = System(sqlite_client, sqlite_register, TOWN, TokenScope.ACT)
    problem(acting.send_lines([licence(1)]), 403, "not-permitted")
    array = sqlite_client.post(f"/api/v1/licenses/{TOWN}/{FOOD}", json=[licence(1)], headers=sqlite_system.headers)
    assert "application/jsonl" in problem(array, 415, "http-415")["detail"]
    assert table_sizes(sqlite_register)["license"] == 0
