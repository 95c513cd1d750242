"""The guarded client where it may do more: conditional requests, redirects to named hosts, posting."""

from collections.abc import Iterator

import pytest

from tests.local_server import LocalServer, Request, Told, local_server
from tests.verify.test_fetch import resolving_to
from verify.errors import FetchFailed
from verify.fetch import MAX_REDIRECTS, Fetcher

GUARDED = Fetcher()
LOCAL = Fetcher(allow_loopback=True)


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with local_server() as found:
        yield found


@pytest.fixture
def other() -> Iterator[LocalServer]:
    with local_server() as found:
        yield found


def moved(where: str, status: int = 302, **headers: str) -> Told:
    return Told(status, b"moved", (("Location", where), *((name.replace("_", "-"), headers[name]) for name in headers)))


def test_a_reply_has_its_status_headers_and_body(server: LocalServer) -> None:
    server.answers["/list"] = Told(200, b"list", (("ETag", '"1"'), ("Last-Modified", "Sat, 21 Nov 2026 05:00:00 GMT")))
    reply = LOCAL.ask(server.url("/list"))
    assert (reply.url, reply.status, reply.body) == (server.url("/list"), 200, b"list")
    assert reply.headers["etag"] == '"1"'
    assert reply.headers["last-modified"] == "Sat, 21 Nov 2026 05:00:00 GMT"
    assert server.requests[0].headers["accept-encoding"] == "identity"


def test_conditions_are_sent_and_a_304_is_a_reply(server: LocalServer) -> None:
    def answer(request: Request) -> Told:
        return Told(304) if request.headers.get("if-none-match") == '"1"' else Told(200, b"list")

    server.answers["/list"] = answer
    reply = LOCAL.ask(server.url("/list"), headers={"If-None-Match": '"1"'})
    assert (reply.status, reply.body) == (304, b"")
    assert LOCAL.ask(server.url("/list"), headers={"If-None-Match": '"2"'}).body == b"list"


@pytest.mark.parametrize("status", [204, 206, 401, 404, 410, 500])
def test_any_other_status_is_a_reply_without_a_body(server: LocalServer, status: int) -> None:
    server.answers["/list"] = Told(status, b"" if status == 204 else b"words")
    reply = LOCAL.ask(server.url("/list"))
    assert (reply.status, reply.body) == (status, b"")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_within_the_host_is_followed(server: LocalServer, status: int) -> None:
    server.answers |= {"/a/old": moved("../new?x=1", status), "/new": Told(200, b"list")}
    reply = LOCAL.ask(server.url("/a/old"))
    assert (reply.url, reply.body) == (server.url("/new?x=1"), b"list")


def test_a_redirect_to_another_host_is_followed_where_it_is_named(server: LocalServer, other: LocalServer) -> None:
    server.answers["/list"] = moved(other.url("/there"))
    other.answers["/there"] = Told(200, b"list")
    with pytest.raises(FetchFailed, match="not among the hosts that it may redirect to"):
        LOCAL.ask(server.url("/list"))
    assert other.asked == []
    assert LOCAL.ask(server.url("/list"), hosts=[f"127.0.0.1:{other.port}"]).body == b"list"
    with pytest.raises(FetchFailed, match="not among"):
        LOCAL.ask(server.url("/list"), hosts=["127.0.0.1"])


@pytest.mark.parametrize(
    ("host", "good"),
    [
        ("doc-0s-sheets.files.example", True),
        ("a.b.files.example", True),
        *(
            (host, False)
            for host in ("files.example", "evilfiles.example", "files.example.evil.example", ".files.example")
        ),
        *((host, False) for host in ("x.files.example:8443", "x.files.example.", "files.example@evil.example")),
    ],
)
def test_a_star_stands_for_what_is_below_a_host(
    server: LocalServer, host: str, good: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers["/list"] = moved(f"https://{host}/x")
    asked: list[str] = []
    real = Fetcher._exchange

    def exchange(self: Fetcher, method: str, url: str, *rest: object, **more: object) -> object:
        if not url.startswith("http://127.0.0.1"):
            asked.append(url)
            raise FetchFailed("was asked")
        return real(self, method, url, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Fetcher, "_exchange", exchange)
    with pytest.raises(FetchFailed):
        LOCAL.ask(server.url("/list"), hosts=["*.files.example"])
    assert asked == ([f"https://{host}/x"] if good else [])


@pytest.mark.parametrize(
    "where", ["http://files.example/x", "ftp://files.example/x", "file:///etc/passwd", "https://", "//[::1"]
)
def test_a_redirect_leads_to_nothing_but_https(server: LocalServer, where: str) -> None:
    server.answers["/list"] = moved(where)
    with pytest.raises(FetchFailed):
        LOCAL.ask(server.url("/list"), hosts=["files.example", ""])


@pytest.mark.parametrize("address", ["10.0.0.5", "169.254.169.254", "::1", "64:ff9b::a00:1"])
def test_a_named_host_with_a_private_address_is_not_connected_to(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first hop is answered from memory: the guard is asked anew for the second."""
    real = Fetcher._exchange

    def exchange(self: Fetcher, method: str, url: str, *rest: object, **more: object) -> object:
        if url == "https://agency.example/list":
            from verify.fetch import Reply

            return Reply(url, 302, {"location": "https://inside.example/"}), {}
        return real(self, method, url, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Fetcher, "_exchange", exchange)
    resolving_to(monkeypatch, address)
    with pytest.raises(FetchFailed, match="public"):
        GUARDED.ask("https://agency.example/list", hosts=["inside.example"])


def test_redirects_without_end_are_given_up(server: LocalServer) -> None:
    server.answers["/list"] = moved("/list")
    with pytest.raises(FetchFailed, match="redirects more than 5 times"):
        LOCAL.ask(server.url("/list"))
    assert len(server.asked) == MAX_REDIRECTS + 1


def test_a_redirect_without_a_place_is_a_reply(server: LocalServer) -> None:
    server.answers["/list"] = Told(302)
    assert LOCAL.ask(server.url("/list")).status == 302


def test_thai_in_a_redirect_is_read_as_it_was_meant(server: LocalServer) -> None:
    raw = "/แฟ้ม.csv".encode().decode("latin-1")
    server.answers["/list"] = moved(raw)
    server.answers["/%E0%B9%81%E0%B8%9F%E0%B9%89%E0%B8%A1.csv"] = Told(200, b"list")
    assert LOCAL.ask(server.url("/list")).body == b"list"
    assert LOCAL.ask(server.url("/แฟ้ม.csv")).body == b"list"


def test_a_cookie_goes_back_to_the_host_that_set_it_and_nowhere_else(server: LocalServer, other: LocalServer) -> None:
    server.answers["/share"] = moved("/file", Set_Cookie="FedAuth=77u/PD94; path=/; secure; HttpOnly")
    server.answers["/file"] = lambda request: (
        moved(other.url("/body")) if request.headers.get("cookie") == "FedAuth=77u/PD94" else Told(403)
    )
    other.answers["/body"] = Told(200, b"list")
    assert LOCAL.ask(server.url("/share"), hosts=[f"127.0.0.1:{other.port}"]).body == b"list"
    assert "cookie" not in other.requests[0].headers
    assert LOCAL.ask(server.url("/file")).status == 403, "nothing is remembered"


def test_all_hops_share_one_time(server: LocalServer) -> None:
    server.answers["/list"] = moved("/list")
    with pytest.raises(FetchFailed, match="was not asked"):
        LOCAL.within(0).ask(server.url("/list"))
    assert server.asked == []


@pytest.mark.parametrize("length", [5, 100_000])
def test_a_body_that_ends_too_early_is_no_file(server: LocalServer, length: int) -> None:
    server.answers["/list"] = Told(200, b"list", length=length)
    with pytest.raises(FetchFailed, match="hung up"):
        LOCAL.ask(server.url("/list"))


@pytest.mark.parametrize("body", [b"4\r\nlist\r\n", b"5\r\nlist"])
def test_a_body_in_chunks_that_ends_too_early_is_no_file(server: LocalServer, body: bytes) -> None:
    server.answers["/list"] = Told(200, body, (("Transfer-Encoding", "chunked"),), length=-1)
    with pytest.raises(FetchFailed):
        LOCAL.ask(server.url("/list"))


def test_a_body_that_is_encoded_is_refused(server: LocalServer) -> None:
    server.answers["/list"] = Told(200, b"\x1f\x8b", (("Content-Encoding", "gzip"),))
    with pytest.raises(FetchFailed, match="gzip"):
        LOCAL.ask(server.url("/list"))


def test_the_body_is_bounded_after_a_redirect_too(server: LocalServer) -> None:
    server.answers |= {"/list": moved("/large"), "/large": Told(200, b"x" * 1001)}
    with pytest.raises(FetchFailed, match="larger than 1000 bytes"):
        LOCAL.ask(server.url("/list"), max_bytes=1000)


def test_posting_sends_the_body_and_reads_none(server: LocalServer) -> None:
    server.answers["/hook"] = Told(200, b"x" * 1_000_000)
    reply = LOCAL.post(server.url("/hook"), b"{}", headers={"Content-Type": "application/json"})
    assert (reply.status, reply.body) == (200, b"")
    assert [(each.method, each.body, each.headers["content-type"]) for each in server.requests] == [
        ("POST", b"{}", "application/json")
    ]


def test_posting_follows_no_redirect(server: LocalServer) -> None:
    server.answers["/hook"] = moved("/other", 307)
    assert LOCAL.post(server.url("/hook"), b"{}", headers={}).status == 307
    assert server.asked == ["/hook"]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "https://10.0.0.5/", "https://localhost/", "http://example.org/", "x"]
)
def test_posting_is_guarded(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    resolving_to(monkeypatch, "10.0.0.5")
    with pytest.raises(FetchFailed):
        GUARDED.post(url, b"{}", headers={})
    with pytest.raises(FetchFailed):
        GUARDED.ask(url)
