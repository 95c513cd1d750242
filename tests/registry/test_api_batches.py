"""`/api/v1/batches`: a file is staged, looked at, published and taken back, by the authority that sent it and by no other."""

import csv
import io
import threading
import zipfile
from functools import partial
from typing import Any

import pytest
from flask.testing import FlaskClient

from registry.batches import batches
from registry.intake import judging
from registry.register import Register
from registry.tokens import TokenScope
from tests.registry.office import problem
from tests.registry.pushing import System
from tests.registry.small import BASE, FOOD, MAPPING, OFFICE, TOWN, find, row, status, table, table_sizes
from tests.registry.statements import statements


@pytest.fixture
def system(client: FlaskClient, register: Register) -> System:
    return System(client, register)


@pytest.fixture
def sqlite_system(sqlite_client: FlaskClient, sqlite_register: Register) -> System:
    return System(sqlite_client, sqlite_register)


LIST = table(row("1/2567"), row("2/2567", expires_on="31/02/2567"), row("3/2567"))


def staged(system: System, body: bytes = LIST, **fields: str) -> dict[str, Any]:
    answer = system.upload(body, **{"mapping": MAPPING, **fields})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.get_json()
    assert answer.headers["Location"] == f"{BASE}/api/v1/batches/{found['batch']}"
    return found


def act(system: System, batch: dict[str, Any], deed: str, body: Any = None, **headers: str) -> Any:
    return system.post(f"/api/v1/batches/{batch['batch']}/{deed}", body, **headers)


def test_a_file_is_staged_looked_at_published_and_taken_back(system: System, register: Register) -> None:
    report = staged(system)
    assert (report["state"], report["authority"], report["type"], report["file_name"]) == (
        "staged",
        TOWN,
        FOOD,
        "list.csv",
    )
    assert report["counts"] == {"new": 2, "changed": 0, "unchanged": 0, "rejected": 1, "repeated": 0}
    assert (report["rows"], report["missing"], report["suspicions"], report["seen_before"]) == (3, 0, [], False)
    assert report["form"]["kind"] == "csv"
    assert system.client.get("/doc/html/lic/lao-06480115/food-premises/1~2F2567").status_code == 404

    published = act(system, report, "publish")
    assert (published.status_code, published.get_json()["state"]) == (200, "published")
    assert published.get_json()["published_at"] == "2026-11-21T05:00:00Z"
    assert status(register, "1/2567") == "active"
    # Once more is no other publication.
    before = table_sizes(register)
    assert act(system, report, "publish").get_json() == published.get_json()
    assert table_sizes(register) == before

    undone = act(system, report, "undo")
    assert (undone.status_code, undone.get_json()["state"]) == (200, "undone")
    assert find(register, "1/2567").record_status == "withdrawn"
    problem(system.get(f"/api/v1/licenses/{TOWN}/{FOOD}/1~2F2567"), 410, "record-withdrawn")
    assert act(system, report, "undo").get_json() == undone.get_json()
    assert "undone" in problem(act(system, report, "publish"), 409, "batch-refused")["detail"]
    # What was taken back may be pushed again.
    again = system.put({"issued_on": "2024-03-01"}, f"/api/v1/licenses/{TOWN}/{FOOD}/1~2F2567")
    assert (again.status_code, again.get_json()["record"]) == (201, "published")


def test_what_changes_is_shown_field_by_field(sqlite_system: System) -> None:
    act(sqlite_system, staged(sqlite_system), "publish")
    second = staged(sqlite_system, table(row("1/2567", premises="ร้านใหม่"), row("4/2567")), holds="all")
    assert second["missing"] == 1
    link = second["links"]["changes"].removeprefix(BASE)
    assert sqlite_system.get(link).get_json() == {
        "changes": [
            {
                "line": 2,
                "number": "1/2567",
                "fields": [{"field": "premises", "before": "ร้านตัวอย่าง", "after": "ร้านใหม่"}],
            }
        ],
        "next": None,
    }
    missing = sqlite_system.get(second["links"]["missing"].removeprefix(BASE)).get_json()
    assert missing == {"missing": [{"number": "3/2567", "name": "ร้านตัวอย่าง"}], "next": None}


def test_rows_are_given_in_pages(sqlite_system: System) -> None:
    report = staged(
        sqlite_system, table(*(row(f"{n}/2567", premises=f"ร้าน {n}") for n in range(1, 8)), row("x", expires_on="?"))
    )
    path = report["links"]["rows"].removeprefix(BASE) + "?outcome=new&limit=3"
    seen: list[str] = []
    pages = 0
    while path:
        page = sqlite_system.get(path).get_json()
        seen += [item["number"] for item in page["rows"]]
        path = (page["next"] or "").removeprefix(BASE)
        pages += 1
    assert (seen, pages) == ([f"{n}/2567" for n in range(1, 8)], 3)
    (bad,) = sqlite_system.get(report["links"]["rows"].removeprefix(BASE) + "?outcome=rejected").get_json()["rows"]
    assert (bad["line"], bad["outcome"], bad["cells"][0]) == (9, "rejected", "x")
    assert {item["member"] for item in bad["findings"]} >= {"expires_on"}
    found = sqlite_system.get(report["links"]["rows"].removeprefix(BASE) + "?findings=1").get_json()["rows"]
    assert [item["line"] for item in found] == [9]


def test_what_is_missing_is_given_in_pages_before_and_after_it_is_public(
    sqlite_system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "PIECE", 2)
    act(sqlite_system, staged(sqlite_system, table(*(row(f"{n}/2567") for n in range(1, 9))), holds="all"), "publish")
    cut = staged(sqlite_system, table(row("3/2567")), holds="all")
    for _ in range(2):
        seen: list[list[str]] = []
        path = cut["links"]["missing"].removeprefix(BASE) + "?limit=3"
        while path:
            page = sqlite_system.get(path).get_json()
            seen.append([item["number"] for item in page["missing"]])
            path = (page["next"] or "").removeprefix(BASE)
        assert seen == [["1/2567", "2/2567", "4/2567"], ["5/2567", "6/2567", "7/2567"], ["8/2567"]]
        act(sqlite_system, cut, "publish", {"accept": ["missing"]})


def test_a_page_of_batches_asks_for_no_more(sqlite_system: System, sqlite_register: Register) -> None:
    for n in range(4):
        staged(sqlite_system, table(row(f"{n + 1}/2567")))
    assert [batch.id for batch in batches(sqlite_register, TOWN, before=4, limit=2)] == [3, 2]
    assert batches(sqlite_register, OFFICE, limit=2) == []
    with statements(sqlite_register) as sent:
        sqlite_system.get("/api/v1/batches?limit=2")
    (listing,) = [each for each in sent if "FROM batch" in each]
    assert "LIMIT" in listing


@pytest.mark.parametrize("query", ["outcome=good", "after=-1", "after=x", "limit=0", "limit=1001", "limit=" + "9" * 20])
def test_a_query_that_cannot_be_is_pointed_at(sqlite_system: System, query: str) -> None:
    path = staged(sqlite_system)["links"]["rows"].removeprefix(BASE)
    refused = problem(sqlite_system.get(f"{path}?{query}"), 400, "member-refused")
    assert refused["pointer"] == "/" + query.partition("=")[0]


def test_findings_are_files_too(sqlite_system: System) -> None:
    links = staged(sqlite_system)["links"]
    listed = sqlite_system.get(links["findings_csv"].removeprefix(BASE))
    assert listed.content_type == "text/csv; charset=utf-8"
    assert listed.headers["Content-Disposition"] == "attachment; filename=batch-1-findings.csv"
    rows = list(csv.DictReader(io.StringIO(listed.data.decode("utf-8-sig"))))
    assert ("3", "expires_on", "date-no-such-day") in [(item["row"], item["column"], item["code"]) for item in rows]
    workbook = sqlite_system.get(links["findings_xlsx"].removeprefix(BASE))
    assert workbook.status_code == 200
    assert "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(workbook.data)).namelist()


def test_what_is_suspicious_is_accepted_by_name(sqlite_system: System, sqlite_register: Register) -> None:
    act(sqlite_system, staged(sqlite_system, table(*(row(f"{n}/2567") for n in range(1, 9))), holds="all"), "publish")
    cut = staged(sqlite_system, table(row("1/2567")), holds="all")
    (suspicion,) = cut["suspicions"]
    assert suspicion["code"] == "missing"
    assert suspicion["message"]["th"] != suspicion["message"]["en"]
    before = table_sizes(sqlite_register)
    assert problem(act(sqlite_system, cut, "publish"), 409, "batch-suspicious")["accept"] == ["missing"]
    assert table_sizes(sqlite_register) == before
    assert (
        problem(act(sqlite_system, cut, "publish", {"accept": ["all"]}), 400, "member-refused")["pointer"] == "/accept"
    )
    assert problem(act(sqlite_system, cut, "publish", {"yes": 1}), 400, "member-refused")["pointer"] == "/yes"
    assert act(sqlite_system, cut, "publish", {"accept": ["missing"]}).status_code == 200
    assert find(sqlite_register, "5/2567").record_status == "stale"
    # A licence that is pushed again is there after all.
    pushed = sqlite_system.put({"issued_on": "2024-03-01"}, f"/api/v1/licenses/{TOWN}/{FOOD}/5~2F2567")
    assert pushed.get_json()["record"] == "published"


def test_what_was_compared_with_an_older_state_is_compared_again(sqlite_system: System) -> None:
    first = staged(sqlite_system, holds="part")
    second = staged(sqlite_system, table(row("9/2567")), holds="part")
    act(sqlite_system, second, "publish")
    problem(act(sqlite_system, first, "publish"), 409, "batch-outdated")
    again = act(sqlite_system, first, "restage")
    assert again.status_code == 201
    published = act(sqlite_system, again.get_json(), "publish")
    assert published.status_code == 200, published.text
    problem(act(sqlite_system, second, "restage"), 409, "batch-refused")


def test_a_batch_is_put_aside(sqlite_system: System) -> None:
    report = staged(sqlite_system)
    assert act(sqlite_system, report, "discard").get_json()["state"] == "discarded"
    problem(act(sqlite_system, report, "publish"), 409, "batch-refused")
    assert act(sqlite_system, report, "burn").status_code == 404


def test_batches_are_listed_newest_first_in_pages(sqlite_system: System) -> None:
    for n in range(3):
        staged(sqlite_system, table(row(f"{n + 1}/2567")))
    first = sqlite_system.get("/api/v1/batches?limit=2").get_json()
    assert [item["batch"] for item in first["batches"]] == [3, 2]
    assert first["batches"][0]["state"] == "staged"
    second = sqlite_system.get(first["next"].removeprefix(BASE)).get_json()
    assert ([item["batch"] for item in second["batches"]], second["next"]) == ([1], None)
    one = sqlite_system.get(first["batches"][0]["links"]["self"].removeprefix(BASE)).get_json()
    assert one["batch"] == 3


def test_a_file_may_be_the_whole_body(sqlite_system: System) -> None:
    plain = table(row("1/2567"))
    answer = sqlite_system.client.post(
        f"/api/v1/batches?type={FOOD}&holds=part",
        data=plain,
        headers={**sqlite_system.headers, "Content-Disposition": "attachment; filename=march.csv"},
        content_type="text/csv",
    )
    assert answer.status_code == 201, answer.text
    assert (answer.get_json()["file_name"], answer.get_json()["holds"]) == ("march.csv", "part")
    named = sqlite_system.client.post(
        f"/api/v1/batches?type={FOOD}&name=april.csv", data=plain, headers=sqlite_system.headers
    )
    assert named.get_json()["file_name"] == "april.csv"


@pytest.mark.parametrize(
    ("body", "fields", "expected", "code"),
    [
        (b"", {}, 400, "file-unreadable"),
        (b"<!doctype html><p>Log in", {}, 400, "file-unreadable"),
        (LIST, {"mapping": "x"}, 400, "mapping-invalid"),
        (LIST, {"holds": "most"}, 400, "member-refused"),
        (LIST, {"colour": "red"}, 400, "member-refused"),
        (LIST, {"type": ""}, 400, "member-refused"),
        (LIST, {"type": "animal-clinic"}, 400, "mandate-missing"),
        (LIST, {"authority": OFFICE}, 403, "not-permitted"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_as_a_whole(
    sqlite_system: System, sqlite_register: Register, body: bytes, fields: dict[str, str], expected: int, code: str
) -> None:
    before = table_sizes(sqlite_register)
    problem(sqlite_system.upload(body, **{"mapping": MAPPING, **fields}), expected, code)
    assert table_sizes(sqlite_register) == before


def test_one_file_is_expected(sqlite_system: System) -> None:
    without = sqlite_system.client.post(
        "/api/v1/batches", data={"type": FOOD}, headers=sqlite_system.headers, content_type="multipart/form-data"
    )
    assert problem(without, 400, "member-refused")["pointer"] == "/file"
    two = {"file": [(io.BytesIO(LIST), "a.csv"), (io.BytesIO(LIST), "b.csv")], "type": FOOD}
    answer = sqlite_system.client.post("/api/v1/batches", data=two, headers=sqlite_system.headers)
    assert problem(answer, 400, "member-refused")["pointer"] == "/file"


def test_a_file_that_is_too_large_is_not_read(sqlite_system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    from registry.web import api_batches

    monkeypatch.setattr(api_batches, "MAX_UPLOAD_BYTES", 100)
    monkeypatch.setattr(api_batches, "MAX_FIELD_BYTES", 1_000)
    refused = problem(sqlite_system.upload(b"x" * 5_000), 413, "http-413")
    assert "1100 bytes" in refused["detail"]


def test_a_file_that_comes_alone_is_no_larger_than_one_in_a_form(
    sqlite_system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    from registry.web import api_batches

    assert api_batches.MAX_UPLOAD_BYTES == 64 << 20
    monkeypatch.setattr(api_batches, "MAX_UPLOAD_BYTES", 100)
    path = f"/api/v1/batches?type={FOOD}"
    answer = sqlite_system.client.post(path, data=b"x" * 101, headers=sqlite_system.headers, content_type="text/csv")
    assert "at most 100 bytes (got 101)" in problem(answer, 413, "http-413")["detail"]


def test_a_long_request_says_that_it_is_at_it(sqlite_system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    from registry.intake import staging
    from registry.intake.judging import judge
    from registry.web import api_batches
    from registry.web.api import KEEPS_ALIVE, kept_alive

    said = threading.Semaphore(0)

    def slow_judge(*arguments: Any) -> None:
        # As one statement of the database that takes long.
        assert all(said.acquire(timeout=30) for _ in range(5))
        judge(*arguments)

    monkeypatch.setattr(staging, "judge", slow_judge)
    monkeypatch.setattr(api_batches, "kept_alive", partial(kept_alive, 0.001))
    sqlite_system.client.environ_base[KEEPS_ALIVE] = said.release  # type: ignore[assignment] # whatever it is
    assert staged(sqlite_system)["state"] == "staged"


def test_a_long_request_does_not_live_for_ever(sqlite_client: FlaskClient) -> None:
    from registry.web.api import KEEPS_ALIVE, kept_alive

    said = threading.Semaphore(0)
    environ: Any = {KEEPS_ALIVE: said.release}
    with sqlite_client.application.test_request_context(environ_overrides=environ), kept_alive(0.001, beats=3):
        assert all(said.acquire(timeout=30) for _ in range(3))
    assert not said.acquire(blocking=False)


def test_a_worker_that_is_lost_is_a_fault_that_passes(
    sqlite_system: System, sqlite_register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    from registry.api import batch_request
    from registry.intake.workers import WorkerLost

    def lost(*arguments: Any) -> Any:
        raise WorkerLost("a worker process was ended from outside: do the same again")

    monkeypatch.setattr(batch_request, "stage", lost)
    answer = sqlite_system.upload(LIST, mapping=MAPPING)
    assert "do the same again" in problem(answer, 503, "worker-lost")["detail"]
    assert answer.headers["Retry-After"] == "60"


def test_a_file_larger_than_a_page_s_form_may_be_is_taken(sqlite_system: System) -> None:
    wide = table(*(row(f"{n}/2567", street="ก" * 1_900) for n in range(1, 500)))
    assert len(wide) > 2 << 20
    assert staged(sqlite_system, wide)["counts"]["new"] == 499


def test_the_same_upload_is_taken_once(system: System, register: Register) -> None:
    first = system.upload(LIST, key='"march"', mapping=MAPPING)
    before = table_sizes(register)
    again = system.upload(LIST, key='"march"', mapping=MAPPING)
    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Location"] == first.headers["Location"]
    assert table_sizes(register) == before
    problem(system.upload(LIST, key='"march"', mapping=MAPPING, holds="all"), 422, "key-reused")
    report = first.get_json()
    published = act(system, report, "publish", Idempotency_Key='"go"')
    assert act(system, report, "publish", Idempotency_Key='"go"').data == published.data
    problem(act(system, report, "undo", Idempotency_Key='"go"'), 422, "key-reused")


def test_the_batches_of_others_are_not_there(
    sqlite_system: System, sqlite_client: FlaskClient, sqlite_register: Register
) -> None:
    report = staged(sqlite_system)
    other = System(sqlite_client, sqlite_register, OFFICE)
    before = table_sizes(sqlite_register)
    for link in report["links"].values():
        problem(other.get(link.removeprefix(BASE)), 404, "no-such-batch")
        problem(sqlite_client.get(link.removeprefix(BASE)), 401, "not-authenticated")
    for deed in ("publish", "undo", "restage", "discard"):
        problem(act(other, report, deed), 404, "no-such-batch")
    assert other.get("/api/v1/batches").get_json()["batches"] == []
    for number in (0, 99, 2**31, 10**30):
        problem(sqlite_system.get(f"/api/v1/batches/{number}"), 404, "no-such-batch")
    assert table_sizes(sqlite_register) == before
    acting = System(sqlite_client, sqlite_register, TOWN, TokenScope.ACT)
    problem(acting.upload(LIST), 403, "not-permitted")
    problem(acting.get(f"/api/v1/batches/{report['batch']}"), 403, "not-permitted")
