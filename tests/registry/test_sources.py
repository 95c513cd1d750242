"""Sources: made, listed, removed; what cannot be one is refused in words."""

from datetime import timedelta

import pytest

from registry.exchange.share_links import LinkRefused
from registry.exchange.sources import (
    NoSuchSource,
    Outcome,
    Source,
    SourceRefused,
    add_source,
    remove_source,
    source_named,
    sources,
)
from registry.grantors import NoSuchAuthority, NoSuchLicenseType
from registry.intake.batch import Holds
from registry.register import Register
from registry.tables import SourceRow
from tests.registry.small import CLINIC, DEPARTMENT, FOOD, OFFICE, TOWN

URL = "https://www.agency.go.th/list.csv"


def add(register: Register, name: str = "list", url: str = URL, **more: object) -> Source:
    options: dict[str, object] = {"authority": TOWN, "license_type": FOOD, **more}
    return add_source(register, name=name, url=url, **options)  # type: ignore[arg-type]


def test_a_source_is_due_at_once(register: Register) -> None:
    made = add(register, hosts=["*.CDN.example", "files.example:8443"], holds=Holds.PART, every=timedelta(hours=6))
    assert made == sources(register)[0] == source_named(register, "list") == source_named(register, str(made.id))
    assert (made.authority, made.license_type, made.url, made.holds) == (TOWN, FOOD, URL, Holds.PART)
    assert made.hosts == ("*.cdn.example", "files.example:8443")
    assert made.every == timedelta(hours=6)
    assert made.next_at == register.now()
    assert (made.checked_at, made.batch, made.failures, made.needs_person) == (None, None, 0, False)
    assert made.outcome == Outcome("new", {})


def test_sources_are_listed_by_authority(register: Register) -> None:
    add(register)
    add(register, "second")
    add(register, authority=DEPARTMENT, license_type=CLINIC)
    assert [(each.authority, each.name) for each in sources(register)] == [
        (DEPARTMENT, "list"),
        (TOWN, "list"),
        (TOWN, "second"),
    ]
    assert [each.name for each in sources(register, TOWN)] == ["list", "second"]
    with pytest.raises(NoSuchAuthority):
        sources(register, "lao-00000000")


def test_a_name_that_two_have_is_not_guessed(register: Register) -> None:
    first = add(register)
    add(register, authority=OFFICE)
    with pytest.raises(NoSuchSource, match="2 sources are named 'list'"):
        source_named(register, "list")
    assert source_named(register, str(first.id)).authority == TOWN
    with pytest.raises(NoSuchSource, match="no sources are named 'x'"):
        source_named(register, "x")


def test_a_removed_source_is_gone_and_may_come_again_as_new(register: Register) -> None:
    made = add(register)
    with pytest.raises(SourceRefused, match="already"):
        add(register)
    with register.database.writing() as session:
        row = session.get_one(SourceRow, made.id)
        row.sha256, row.etag, row.last_modified, row.failures, row.lease = "0" * 64, '"1"', "x", 7, "held"
    remove_source(register, "list")
    assert sources(register) == []
    with pytest.raises(NoSuchSource):
        remove_source(register, "list")
    again = add(register, url="https://www.agency.go.th/other.csv")
    assert (again.id, again.failures, again.url) == (made.id, 0, "https://www.agency.go.th/other.csv")
    with register.database.reading() as session:
        row = session.get_one(SourceRow, made.id)
        assert (row.sha256, row.etag, row.last_modified, row.lease, row.lease_until) == ("", "", "", "", None)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "list.csv",
            "http://www.agency.go.th/list.csv",
            "ftp://www.agency.go.th/x",
            "file:///etc/passwd",
            "https://",
        ),
        *(
            "https://user:secret@www.agency.go.th/",
            "https://www.agency.go.th/a b",
            "https://x:99999/",
            "https://x/\x00",
        ),
        "https://www.agency.go.th/" + "x" * 2000,
    ],
)
def test_what_is_no_https_address_is_refused(sqlite_register: Register, url: str) -> None:
    with pytest.raises(SourceRefused) as refused:
        add(sqlite_register, url=url)
    assert "secret" not in str(refused.value)
    assert sources(sqlite_register) == []


@pytest.mark.parametrize("name", ["", " ", " list", "7", "๗", "a\nb", "x" * 101, "a\u202eb"])
def test_what_is_no_name_is_refused(sqlite_register: Register, name: str) -> None:
    with pytest.raises(SourceRefused, match="name"):
        add(sqlite_register, name)


@pytest.mark.parametrize(
    "host", ["", "*", "*.th", "https://x.example", "x.example/", "a b", "*.*.example", "x.*", ".example", "x..y"]
)
def test_what_is_no_host_is_refused(sqlite_register: Register, host: str) -> None:
    with pytest.raises(SourceRefused, match="host"):
        add(sqlite_register, hosts=[host])


@pytest.mark.parametrize("minutes", [0, 14, 31 * 24 * 60 + 1])
def test_an_interval_has_bounds(sqlite_register: Register, minutes: int) -> None:
    with pytest.raises(SourceRefused, match="interval"):
        add(sqlite_register, every=timedelta(minutes=minutes))


def test_who_may_not_grant_has_no_source(sqlite_register: Register) -> None:
    with pytest.raises(SourceRefused, match="may not grant"):
        add(sqlite_register, license_type=CLINIC)
    with pytest.raises(NoSuchLicenseType):
        add(sqlite_register, license_type="x")
    with pytest.raises(LinkRefused, match="folder"):
        add(sqlite_register, url="https://drive.google.com/drive/folders/1AbCdEfGhIjKlMnOp")
