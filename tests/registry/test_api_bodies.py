"""What was cut off on its way, comes too slowly, or is packed otherwise than it says is not carried out."""

import gzip
import json
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from gunicorn.http.body import Body, ChunkedReader
from gunicorn.http.unreader import IterUnreader

from registry.register import Register
from registry.tokens import TokenScope
from registry.web.body import BodyTooSlow, WholeBody
from tests.registry.office import problem
from tests.registry.pushing import LICENSE, PATH, System
from tests.registry.small import FOOD, TOWN, row, table, table_sizes

LINES = f"/api/v1/licenses/{TOWN}/{FOOD}"
ACT = {"type": FOOD, "number": "12/2567", "kind": "suspend", "on": "2026-11-20", "order": "1", "reason": "r"}
CSV = table(row("1/2567"), row("2/2567"))
ONE = json.dumps(LICENSE | {"number": "1/2567"}).encode() + b"\n"
FORM = (
    b'--x\r\nContent-Disposition: form-data; name="type"\r\n\r\nfood-premises\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + CSV + b"\r\n--x--\r\n"
)
REQUESTS = [
    pytest.param("PUT", PATH, "application/json", json.dumps(LICENSE).encode(), id="put"),
    pytest.param("POST", "/api/v1/acts", "application/json", json.dumps(ACT).encode(), id="act"),
    pytest.param("POST", LINES, "application/jsonl", ONE + ONE, id="lines"),
    pytest.param("POST", f"/api/v1/batches?type={FOOD}", "text/csv", CSV, id="file"),
    pytest.param("POST", "/api/v1/batches", "multipart/form-data; boundary=x", FORM, id="form"),
    pytest.param("POST", "/api/v1/batches/1/publish", "application/json", b"{}", id="deed"),
]


@pytest.fixture
def system(sqlite_client: FlaskClient, sqlite_register: Register) -> System:
    return System(sqlite_client, sqlite_register, TOWN, TokenScope.PUBLISH, TokenScope.ACT)


@pytest.mark.parametrize(("method", "path", "media_type", "body"), REQUESTS)
def test_a_body_that_is_cut_off_is_refused_as_a_whole(
    system: System, sqlite_register: Register, method: str, path: str, media_type: str, body: bytes
) -> None:
    before = table_sizes(sqlite_register)
    answer = system.client.open(
        path,
        method=method,
        data=body,
        headers=system.headers,
        content_type=media_type,
        environ_overrides={"CONTENT_LENGTH": str(len(body) + 7)},
    )
    assert "7 bytes before the length" in problem(answer, 400, "body-incomplete")["detail"]
    assert table_sizes(sqlite_register) == before


class Given:
    """A body that a server gives, as `read` says."""

    def __init__(self, read: Any) -> None:
        self.read = read


def test_a_body_that_comes_too_slowly_is_told_so(system: System, sqlite_register: Register) -> None:
    before = table_sizes(sqlite_register)

    def read(size: int = -1) -> bytes:
        raise BodyTooSlow("less than 1 byte came")

    slow: Any = {"wsgi.input": Given(read), "wsgi.input_terminated": True, "CONTENT_LENGTH": "9"}
    answer = system.client.put(
        PATH, headers=system.headers, content_type="application/json", environ_overrides=slow, data=b"x"
    )
    assert "1 byte" in problem(answer, 408, "body-too-slow")["detail"]
    assert table_sizes(sqlite_register) == before


def chunked(sent: bytes) -> Any:
    """What the server makes of a body that comes in chunks."""
    request: Any = SimpleNamespace(limit_request_field_size=100, max_buffer_headers=1000)
    return {
        "wsgi.input": Body(ChunkedReader(request, IterUnreader(iter([sent])))),
        "wsgi.input_terminated": True,
        "HTTP_TRANSFER_ENCODING": "chunked",
        "CONTENT_LENGTH": "",
    }


@pytest.mark.parametrize(
    "sent",
    [b"5\r\nabcde\r\nZZ\r\n", b"5\r\nabcdefgh\r\n", b"5\r\nabcde\r\n", b"5\r\nab", b"5;\r\nabcde\r\n", b"-5\r\n"],
)
def test_chunks_that_are_none_are_the_client_s_fault(system: System, sqlite_register: Register, sent: bytes) -> None:
    before = table_sizes(sqlite_register)
    for path, method, media_type in (
        (PATH, "PUT", "application/json"),
        (LINES, "POST", "application/jsonl"),
        (f"/api/v1/batches?type={FOOD}", "POST", "text/csv"),
    ):
        answer = system.client.open(
            path, method=method, headers=system.headers, content_type=media_type, environ_overrides=chunked(sent)
        )
        assert "chunks" in problem(answer, 400, "body-incomplete")["detail"]
    assert table_sizes(sqlite_register) == before


def test_a_whole_body_is_read_in_any_pieces() -> None:
    for size in (1, 3, 7, 8, -1):
        pieces = iter([b"abcdefg"[begin : begin + size] for begin in range(0, 7, size)] if size > 0 else [b"abcdefg"])
        body = WholeBody(Given(lambda size, left=pieces: next(left, b"")), 7)
        read = b"".join(iter(lambda body=body, size=size: body.read(size), b""))  # type: ignore[misc]
        assert read == b"abcdefg"


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/xml"])
def test_what_does_not_say_that_it_is_json_is_not_read(system: System, media_type: str) -> None:
    for method, path in (("PUT", PATH), ("POST", "/api/v1/acts")):
        answer = system.client.open(path, method=method, data=b"{}", headers=system.headers, content_type=media_type)
        assert "application/json" in problem(answer, 415, "http-415")["detail"]
    named = {"content_type": "application/merge-patch+json; charset=utf-8"}
    answer = system.client.put(PATH, data=json.dumps(LICENSE).encode(), headers=system.headers, **named)
    assert answer.status_code == 201


@pytest.mark.parametrize(("method", "path", "media_type", "body"), REQUESTS)
def test_what_is_packed_is_not_taken(
    system: System, sqlite_register: Register, method: str, path: str, media_type: str, body: bytes
) -> None:
    before = table_sizes(sqlite_register)
    headers = {**system.headers, "Content-Encoding": "gzip"}
    answer = system.client.open(path, method=method, data=gzip.compress(body), headers=headers, content_type=media_type)
    assert "gzip" in problem(answer, 415, "encoding-refused")["detail"]
    assert answer.headers["Accept-Encoding"] == "identity"
    assert table_sizes(sqlite_register) == before


@pytest.mark.parametrize("number", ["a%0Ab", "%E2%80%AE1", "%1F", "%EE%80%80"])
def test_a_number_that_nobody_can_have_is_refused(system: System, number: str) -> None:
    for answer in (system.put(LICENSE, f"{LINES}/{number}"), system.get(f"{LINES}/{number}")):
        assert "visible characters only" in problem(answer, 400, "number-refused")["detail"]
