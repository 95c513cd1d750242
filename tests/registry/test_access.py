"""Links to the documents of licences: from a list, by the API and by a command; shown, told to machines, and taken back."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.access.acts import set_links
from registry.access.link import Link as StoredLink
from registry.access.links import By, links_of
from registry.batches import changes_of
from registry.catalogue import declare, read_catalogue
from registry.faults import faults_found
from registry.intake.batch import FieldChange
from registry.intake.guessing.proposal import mapping_text, propose
from registry.intake.mapping import MappingInvalid, parse_mapping
from registry.intake.publish import publish, publish_batch
from registry.intake.sampling import sampled_rows
from registry.intake.suspicion import SUSPICIONS
from registry.intake.undo import undo_batch
from registry.register import Register
from registry.services import LicenseWithdrawn
from registry.tables import AccessChangeRow, ChangeRow
from tests.registry.commands import Run
from tests.registry.office import problem
from tests.registry.public import check_entries
from tests.registry.pushing import System
from tests.registry.small import (
    BASE,
    DEPARTMENT,
    FOOD,
    HEADINGS,
    MAPPING,
    TODAY,
    TOWN,
    Clock,
    find,
    iri,
    preview,
    row,
    send,
    submission,
    table,
)
from vocab.access import AccessRefused, LicenseAccess, parse_access
from vocab.authority import NumberingScheme
from vocab.section13 import Fault

SITE = "https://www.photak.example.go.th"
LINKED = (
    MAPPING
    + '\n[access]\naccess_url = "page"\ndownload_url = "file"\nrights = "rights"\nmedia_type = "kind"\ndigest = "digest"\n'
)
COLUMNS = (*HEADINGS, "page", "file", "rights", "kind", "digest")
API = f"/api/v1/access/{TOWN}/{FOOD}/1~2F2567"
PUBLIC = {"rights": "public", "download_url": f"{SITE}/1-2567.pdf", "media_type": "application/pdf"}


def send_linked(register: Register, *rows: dict[str, str], mapping: str = LINKED) -> Any:
    return publish(register, submission(table(*rows, headings=COLUMNS), mapping=mapping), accept=SUSPICIONS)


def links(register: Register, number: str = "1/2567") -> tuple[StoredLink, ...]:
    with register.database.reading() as session:
        return links_of(session, register.codec, find(register, number).id)


def accesses(register: Register, number: str = "1/2567") -> list[LicenseAccess]:
    return [each.access for each in links(register, number)]


def history(register: Register) -> list[tuple[int, str, str]]:
    with register.database.reading() as session:
        rows = session.scalars(select(AccessChangeRow).order_by(AccessChangeRow.sequence))
        return [(each.number, each.origin, each.kind) for each in rows]


def feed(register: Register) -> list[str]:
    with register.database.reading() as session:
        return list(session.scalars(select(ChangeRow.kind).order_by(ChangeRow.sequence)))


def public(url: str) -> LicenseAccess:
    return parse_access(rights="public", access_url=url)


# From a list


def test_a_list_says_where_documents_are(register: Register, client: FlaskClient) -> None:
    send_linked(
        register,
        row("1/2567", file=f"{SITE}/ใบ.pdf", kind="application/pdf"),
        row("2/2567", page=f"{SITE}/login", rights="จำกัดสิทธิ์"),
        row("3/2567", rights="ไม่เปิดเผย"),
        row("4/2567"),
    )
    assert [each.download_url for each in accesses(register)] == [f"{SITE}/%E0%B9%83%E0%B8%9A.pdf"]
    assert [each.rights for each in accesses(register, "2/2567")] == ["restricted"]
    assert [(each.rights, each.address) for each in accesses(register, "3/2567")] == [("nonPublic", "")]
    assert accesses(register, "4/2567") == []
    assert history(register) == [(1, "list", "declare")] * 3
    assert feed(register) == ["create"] * 4, "they come with the licence"
    check_entries(register)
    node = client.get(f"/doc/jsonld/lic/{iri('1/2567').tail}").get_json(force=True)
    assert node["licenseAccess"] == [
        {
            "id": f"{iri('1/2567')}#access-1",
            "type": "LicenseAccess",
            "accessRights": "public",
            "free": True,
            "downloadURL": f"{SITE}/%E0%B9%83%E0%B8%9A.pdf",
            "mediaType": "application/pdf",
        }
    ]
    (hidden,) = client.get(f"/doc/jsonld/lic/{iri('3/2567').tail}").get_json(force=True)["licenseAccess"]
    assert hidden == {
        "id": f"{iri('3/2567')}#access-1",
        "type": "LicenseAccess",
        "accessRights": "nonPublic",
        "heldBy": f"{BASE}/id/auth/{TOWN}",
    }
    for form in ("ttl", "nt"):
        text = client.get(f"/doc/{form}/lic/{iri('1/2567').tail}").text
        assert "1-2567" not in text
        assert f"{SITE}/%E0%B9%83%E0%B8%9A.pdf" in text
    (context,) = client.get(f"/doc/linkset/lic/{iri('1/2567').tail}").get_json(force=True)["linkset"]
    assert context["enclosure"] == [{"href": f"{SITE}/%E0%B9%83%E0%B8%9A.pdf", "type": "application/pdf"}]
    (restricted,) = client.get(f"/doc/linkset/lic/{iri('2/2567').tail}").get_json(force=True)["linkset"]
    assert restricted["item"] == [{"href": f"{SITE}/login"}]


def test_the_same_list_again_changes_nothing(register: Register) -> None:
    rows = [row("1/2567", file=f"{SITE}/1.pdf"), row("2/2567", file="nonsense")]
    first = send_linked(register, *rows)
    before = history(register), feed(register)
    again = send_linked(register, *rows)
    assert first.counts["new"] == 2
    assert (again.counts["unchanged"], again.counts["changed"]) == (2, 0)
    assert (history(register), feed(register)) == before


def test_only_the_link_changes(register: Register, client: FlaskClient, clock: Clock) -> None:
    send_linked(register, row("1/2567", file=f"{SITE}/1.pdf"), row("2/2567", file=f"{SITE}/2.pdf"))
    path = f"/doc/jsonld/lic/{iri('1/2567').tail}"
    before = client.get(path)
    clock.pass_by(minutes=5)
    report = send_linked(register, row("1/2567", file=f"{SITE}/new.pdf"), row("2/2567", file=f"{SITE}/2.pdf"))
    assert (report.counts["changed"], report.counts["unchanged"]) == (1, 1)
    assert [each.address for each in accesses(register)] == [f"{SITE}/new.pdf"]
    assert history(register)[-1] == (1, "list", "replace")
    assert feed(register) == ["create", "create", "update"]
    record = find(register, "1/2567")
    assert (record.newest_version, len(record.history.acts)) == (1, 1), "the licence itself is as it was"
    assert record.modified_at == register.now()
    after = client.get(path)
    assert after.headers["ETag"] != before.headers["ETag"]
    assert client.get(path, headers={"If-None-Match": before.headers["ETag"]}).status_code == 200
    check_entries(register)


def test_within_one_second_a_change_is_told_too(register: Register) -> None:
    send_linked(register, row("1/2567", file=f"{SITE}/1.pdf"))
    send_linked(register, row("1/2567", file=f"{SITE}/2.pdf"))
    send_linked(register, row("1/2567"))
    assert feed(register) == ["create", "update", "update"]
    assert history(register)[-1] == (1, "list", "withdraw")
    send_linked(register, row("1/2567", file=f"{SITE}/3.pdf"))
    assert [each.number for each in links(register)] == [2], "a number is never given again"
    check_entries(register)


def test_a_list_without_a_column_for_links_says_nothing_of_them(register: Register) -> None:
    send_linked(register, row("1/2567", file=f"{SITE}/1.pdf"))
    send(register, row("1/2567", premises="ร้านใหม่"))
    assert [each.address for each in accesses(register)] == [f"{SITE}/1.pdf"]


@pytest.mark.parametrize(
    ("cells", "code", "received", "proposed"),
    [
        ({"file": "http://a.go.th/x.pdf"}, "access-not-https", "http://a.go.th/x.pdf", "https://a.go.th/x.pdf"),
        ({"file": "ดูที่สำนักงาน"}, "access-not-an-address", "ดูที่สำนักงาน", ""),
        ({"file": "a.go.th/x.pdf"}, "access-not-an-address", "a.go.th/x.pdf", "https://a.go.th/x.pdf"),
        ({"file": "https://10.1.2.3/x"}, "access-host-inner", "https://10.1.2.3/x", ""),
        ({"file": "https://a:b@a.go.th/x"}, "access-password", "", ""),
        ({"file": "https://a.go.th/x?token=1"}, "access-secret", "", ""),
        ({"file": "https://a.go.th/1103701234563.pdf"}, "access-citizen-number", "", ""),
        ({"file": f"{SITE}/1.pdf", "rights": "บางส่วน"}, "access-rights-unknown", "บางส่วน", ""),
        ({"file": f"{SITE}/1.pdf", "rights": "จำกัดสิทธิ"}, "access-not-fitting", f"{SITE}/1.pdf", ""),
    ],
)
def test_a_bad_link_is_a_finding_and_stops_no_licence(
    sqlite_register: Register, cells: dict[str, str], code: str, received: str, proposed: str
) -> None:
    file = submission(table(row("1/2567", **cells), headings=COLUMNS), mapping=LINKED)
    report, (checked,) = preview(sqlite_register, file)
    assert report.counts["new"] == 1
    (finding,) = checked.findings
    assert (finding.code, finding.gravity, finding.received, finding.proposed) == (code, "warns", received, proposed)
    assert finding.column in {"file", "rights"}
    send_linked(sqlite_register, row("1/2567", **cells))
    assert accesses(sqlite_register) == []


def test_a_link_that_tells_what_is_hidden_of_a_person_is_a_finding_that_does_not_repeat_it(
    sqlite_register: Register,
) -> None:
    person = row("1/2567", licensee="นายสมชาย ใจดี", file=f"{SITE}/สมชาย-ใจดี.pdf")
    file = submission(table(person, headings=COLUMNS), mapping=LINKED)
    _, (checked,) = preview(sqlite_register, file)
    (finding,) = [each for each in checked.findings if each.code.startswith("access-")]
    assert (finding.code, finding.gravity, finding.received, finding.proposed) == (
        "access-tells-hidden",
        "warns",
        "",
        "",
    )
    send_linked(sqlite_register, person)
    assert accesses(sqlite_register) == []


def test_a_media_type_that_cannot_be_read_loses_itself_alone(sqlite_register: Register) -> None:
    linked = row("1/2567", file=f"{SITE}/1.pdf", kind="เอกสาร", digest="abc")
    _, (checked,) = preview(sqlite_register, submission(table(linked, headings=COLUMNS), mapping=LINKED))
    assert {(each.code, each.column, each.received) for each in checked.findings} == {
        ("access-media-type", "kind", "เอกสาร"),
        ("access-digest", "digest", "abc"),
    }
    send_linked(sqlite_register, linked)
    assert accesses(sqlite_register) == [parse_access(rights="public", download_url=f"{SITE}/1.pdf")]


def test_the_agency_says_what_its_own_words_mean(sqlite_register: Register) -> None:
    mapping = LINKED + 'otherwise = "nonPublic"\n[access.values]\n"ก" = "public"\n'
    send_linked(
        sqlite_register,
        row("1/2567", file=f"{SITE}/1.pdf", rights="ก"),
        row("2/2567", file=f"{SITE}/2.pdf"),
        row("3/2567"),
        mapping=mapping,
    )
    assert [each.rights for each in accesses(sqlite_register)] == ["public"]
    assert accesses(sqlite_register, "2/2567") == accesses(sqlite_register, "3/2567") == []


def test_undoing_a_list_gives_the_former_links_back(register: Register) -> None:
    send_linked(register, row("1/2567", file=f"{SITE}/1.pdf"), row("2/2567"))
    report = send_linked(register, row("1/2567", file=f"{SITE}/x.pdf"), row("2/2567", file=f"{SITE}/2.pdf"))
    undo_batch(register, report.batch)
    assert [each.address for each in accesses(register)] == [f"{SITE}/1.pdf"]
    assert accesses(register, "2/2567") == []
    assert feed(register)[-2:] == ["update", "update"]
    check_entries(register)
    again = send_linked(register, row("1/2567", file=f"{SITE}/x.pdf"), row("2/2567", file=f"{SITE}/2.pdf"))
    assert again.counts["changed"] == 2, "what was taken back is no longer known by its digest"
    assert [each.address for each in accesses(register)] == [f"{SITE}/x.pdf"]
    check_entries(register)


def test_undoing_the_first_list_takes_all_away(register: Register, client: FlaskClient) -> None:
    report = send_linked(register, row("1/2567", file=f"{SITE}/1.pdf"))
    undo_batch(register, report.batch)
    assert client.get(API).status_code == 410
    send_linked(register, row("1/2567", file=f"{SITE}/1.pdf"))
    assert [each.address for each in accesses(register)] == [f"{SITE}/1.pdf"]
    check_entries(register)


# By the API


def test_an_authority_puts_the_links_of_its_licence(register: Register, client: FlaskClient) -> None:
    send(register, row("1/2567"))
    system = System(client, register)
    answer = system.put({"links": [PUBLIC, {"rights": "nonPublic"}]}, API)
    assert answer.status_code == 200, answer.text
    told = answer.get_json()
    assert told["license"] == str(iri("1/2567"))
    assert [(each["origin"], each["rights"], each["last_good"]) for each in told["links"]] == [
        ("declared", "public", None),
        ("declared", "nonPublic", None),
    ]
    assert feed(register) == ["create", "update"]
    assert system.put({"links": [PUBLIC, {"rights": "nonPublic"}]}, API).get_json() == told
    assert feed(register) == ["create", "update"], "the same again changes nothing"
    assert client.get(API).get_json() == told, "anybody may read it"
    etag = client.get(API).headers["ETag"]
    assert client.get(API, headers={"If-None-Match": etag}).status_code == 304
    system.put({"links": []}, API)
    assert client.get(API).get_json()["links"] == []
    assert [kind for *_, kind in history(register)] == ["declare", "declare", "withdraw", "withdraw"]
    check_entries(register)


def test_what_a_list_says_and_what_was_declared_do_not_touch(register: Register, client: FlaskClient) -> None:
    send_linked(register, row("1/2567", file=f"{SITE}/1.pdf"))
    System(client, register).put({"links": [{"rights": "public", "access_url": f"{SITE}/page"}]}, API)
    send_linked(register, row("1/2567"))
    assert [each.address for each in accesses(register)] == [f"{SITE}/page"]


@pytest.mark.parametrize(
    ("body", "pointer", "reason"),
    [
        ({"links": [PUBLIC, {"rights": "public", "access_url": "http://a.go.th/"}]}, "/links/1/access_url", "https"),
        ({"links": [{"access_url": SITE}]}, "/links/0/rights", "rights"),
        ({"links": [{"rights": "restricted", "download_url": SITE}]}, "/links/0/download_url", "too-much"),
        ({"links": [{"rights": "public", "access_url": f"{SITE}/{n}"} for n in range(6)]}, "/links", "too-many"),
    ],
)
def test_what_cannot_be_shown_is_refused_and_nothing_is_written(
    sqlite_register: Register, sqlite_client: FlaskClient, body: Any, pointer: str, reason: str
) -> None:
    send(sqlite_register, row("1/2567"))
    answer = problem(System(sqlite_client, sqlite_register).put(body, API), 422, "access-refused")
    assert (answer["pointer"], answer["reason"]) == (pointer, reason)
    assert history(sqlite_register) == []


@pytest.mark.parametrize(
    "body",
    [
        b"x",
        b"[]",
        b"{}",
        b'{"links": 1}',
        b'{"links": [1]}',
        b'{"links": [{"x": 1}]}',
        b'{"links": [{"rights": 1}]}',
        b'{"links": [], "x": 1}',
    ],
)
def test_what_cannot_be_read_is_refused(sqlite_register: Register, sqlite_client: FlaskClient, body: bytes) -> None:
    send(sqlite_register, row("1/2567"))
    problem(System(sqlite_client, sqlite_register).put(body, API), 400, "member-refused")


def test_only_the_authority_itself_puts_links(sqlite_register: Register, sqlite_client: FlaskClient) -> None:
    send(sqlite_register, row("1/2567"))
    problem(System(sqlite_client, sqlite_register, DEPARTMENT).put({"links": []}, API), 403, "not-permitted")
    assert sqlite_client.put(API, json={"links": []}).status_code == 401
    missing = API.replace("1~2F2567", "9~2F2567")
    problem(System(sqlite_client, sqlite_register).put({"links": []}, missing), 404, "no-such-license")
    assert sqlite_client.get(API.replace("~2F", "%2F")).headers["Location"] == BASE + API


def test_a_withdrawn_licence_gets_no_links(sqlite_register: Register) -> None:
    report = send(sqlite_register, row("1/2567"))
    undo_batch(sqlite_register, report.batch)
    with pytest.raises(LicenseWithdrawn):
        set_links(sqlite_register, iri("1/2567"), [public(SITE)], By())


# What is not disclosed

PERSON = {"licensee": "นายกฤษณพงศ์ วรรณสมบูรณ์", "juristic_id": ""}


def test_a_name_in_an_address_is_refused_where_names_are_masked(
    sqlite_register: Register, sqlite_client: FlaskClient
) -> None:
    send_linked(
        sqlite_register, row("1/2567", **PERSON, file=f"{SITE}/กฤษณพงศ์.pdf"), row("2/2567", file=f"{SITE}/กฤษณพงศ์.pdf")
    )
    assert accesses(sqlite_register) == []
    assert len(accesses(sqlite_register, "2/2567")) == 1, "of a company it says nothing that is hidden"
    with pytest.raises(AccessRefused, match="not told") as raised:
        set_links(sqlite_register, iri("1/2567"), [public(f"{SITE}/x"), public(f"{SITE}/กฤษณพงศ์")], By())
    assert raised.value.extra["pointer"] == "/links/1/access_url"
    assert "กฤษณพงศ์" not in str(raised.value)


def test_a_link_disappears_when_what_it_tells_is_not_disclosed_any_more(
    register: Register, client: FlaskClient, tmp_path: Any
) -> None:
    from tests.registry.small import CATALOGUE

    def disclose(level: str) -> None:
        file = tmp_path / "catalogue.toml"
        file.write_text(
            CATALOGUE.replace(
                'en = "Licensee" }, disclosure = "masked"', f'en = "Licensee" }}, disclosure = "{level}"'
            ),
            "utf-8",
        )
        declare(register, read_catalogue(file))

    disclose("public")
    send(register, row("1/2567", **PERSON, premises="", province=""))
    set_links(register, iri("1/2567"), [public(f"{SITE}/กฤษณพงศ์")], By())
    assert "%E0%B8%81" in json.dumps(client.get(API).get_json())
    disclose("masked")
    assert client.get(API).get_json()["links"] == []
    assert SITE not in client.get(f"/doc/html/lic/{iri('1/2567').tail}").text
    assert SITE not in client.get(f"/doc/nt/lic/{iri('1/2567').tail}").text
    assert feed(register)[-1] == "update"
    check_entries(register)


# On the page


@pytest.mark.parametrize("lang", ["th", "en"])
def test_the_page_says_where_the_document_is(sqlite_register: Register, sqlite_client: FlaskClient, lang: str) -> None:
    send_linked(
        sqlite_register,
        row("1/2567", file=f"{SITE}/1.pdf", kind="application/pdf"),
        row("2/2567", page=f"{SITE}/login", rights="restricted"),
        row("3/2567", rights="nonPublic"),
        row("4/2567"),
    )
    pages = [
        sqlite_client.get(f"/doc/html/lic/{iri(f'{n}/2567').tail}", query_string={"lang": lang}).text
        for n in (1, 2, 3, 4)
    ]
    assert f'href="{SITE}/1.pdf" rel="external nofollow noopener"' in pages[0]
    assert "www.photak.example.go.th" in pages[0]
    assert "PDF" in pages[0]
    assert f'href="{SITE}/login"' in pages[1]
    assert SITE not in pages[2]
    words = {
        "en": ("Open to everybody", "after a log-in", "It is not given out", "has not said where"),
        "th": ("เปิดให้ทุกคนอ่าน", "เข้าสู่ระบบ", "ไม่เปิดเผยต่อสาธารณะ", "ยังไม่ได้แจ้ง"),
    }[lang]
    assert [word in page for word, page in zip(words, pages, strict=True)] == [True] * 4


def test_section_13_misses_a_link_and_warns_of_it(register: Register) -> None:
    send_linked(register, row("1/2567", file=f"{SITE}/1.pdf"), row("2/2567"))
    missing = {each.number for each, found in faults_found(register) if Fault.ACCESS in found}
    assert missing == {"2/2567"}


# By a command


def test_a_command_sets_shows_and_withdraws(ready: Run) -> None:
    said = ("--rights", "public", "--download-url", f"{SITE}/1.pdf", "--media-type", "application/pdf")
    code, output, errors = ready("access", "set", "1/2567", *said)
    assert (code, errors) == (0, "")
    assert f"{SITE}/1.pdf" in output
    assert ready("access", "show", "1/2567")[1] == output
    code, _output, errors = ready("access", "set", "1/2567", "--rights", "public", "--access-url", "http://a.go.th/")
    assert code == 2
    assert "https://a.go.th/" in errors, "it says what would do"
    assert ready("access", "withdraw", "1/2567")[0] == 0
    assert SITE not in ready("access", "show", "1/2567")[1]


# Which column it is


def test_columns_of_web_addresses_are_guessed_by_their_headings() -> None:
    rows = [
        {"เลขที่": f"{n}/2567", "ชื่อร้าน": f"ร้าน {n}", "ลิงก์": f"{SITE}/{n}", "เว็บไซต์": f"https://shop{n}.example.com/"}
        for n in range(1, 9)
    ]
    found = guessed(rows)
    assert found["access_url"] == ("ลิงก์",)
    assert "download_url" not in found, "a home page of the shop is no document of the licence"
    files = [{**each, "ลิงก์": f"{SITE}/{n}.pdf", "สิทธิการเข้าถึง": "สาธารณะ"} for n, each in enumerate(rows)]
    found = guessed(files)
    assert (found["download_url"], found["access_rights"]) == (("ลิงก์",), ("สิทธิการเข้าถึง",))
    assert "access_url" not in found
    words = [{**each, "ลิงก์": "ดูที่สำนักงาน"} for each in rows]
    assert not {"access_url", "download_url"} & guessed(words).keys(), "no web address stands in it"


def guessed(rows: list[dict[str, str]]) -> dict[str, tuple[str, ...]]:
    """Field -> headings of the mapping that is proposed, which must be one that can be used."""
    body = table(*rows, headings=tuple(rows[0]))
    proposal = propose(body, "list.csv", license_type=None, scheme=NumberingScheme(), today=TODAY)
    mapping = parse_mapping(mapping_text(proposal), "the proposal")
    named = dict(mapping.access.named) if mapping.access else {}
    found = {guess.field: guess.headings for guess in proposal.guesses}
    for name, heading in named.items():
        assert found[name if name.endswith("_url") else f"access_{name}"] == (heading,)
    return found


@pytest.mark.parametrize(
    "section",
    [
        "[access]\n",
        '[access]\nmedia_type = "kind"\n',
        "[access]\naccess_url = 1\n",
        '[access]\nurl = "page"\n',
        '[access]\naccess_url = "page"\notherwise = "open"\n',
        '[access]\naccess_url = "page"\n[access.values]\n"x" = "y"\n',
        'access = "page"\n',
    ],
)
def test_a_mapping_of_links_that_cannot_be_used_is_refused(section: str) -> None:
    with pytest.raises(MappingInvalid):
        parse_mapping(section + MAPPING if section.startswith("access =") else MAPPING + section, "mapping.toml")


def test_several_rows_of_one_number_with_other_links_contradict(sqlite_register: Register) -> None:
    rows = (
        row("1/2567", file=f"{SITE}/1.pdf"),
        row("1/2567", file=f"{SITE}/2.pdf"),
        row("2/2567", file=f"{SITE}/1.pdf"),
    )
    report = send_linked(sqlite_register, *rows, rows[2])
    assert (report.counts["rejected"], report.counts["new"], report.counts["repeated"]) == (2, 1, 1)


def test_of_the_periods_of_a_licence_the_newest_has_its_document(register: Register) -> None:
    periods = [
        row("1/2567", expires_on="2026-02-28", file=f"{SITE}/old.pdf"),
        row("1/2567", expires_on="2028-02-28", valid_from="2026-03-01", file=f"{SITE}/new.pdf"),
    ]
    renewals = LINKED + '\n[rows]\nrepeated = "renewals"\n'
    send_linked(register, *periods, mapping=renewals)
    assert [each.address for each in accesses(register)] == [f"{SITE}/new.pdf"]
    before = history(register)
    report = send_linked(register, *periods, mapping=renewals)
    assert report.counts["rejected"] == 0
    assert [each.address for each in accesses(register)] == [f"{SITE}/new.pdf"]
    assert history(register) == before
    check_entries(register)


def test_a_preview_shows_where_documents_will_be(register: Register) -> None:
    send_linked(register, row("1/2567", file=f"{SITE}/1.pdf"), row("2/2567"))
    rows = (
        row("1/2567", file=f"{SITE}/new.pdf"),
        row("2/2567", rights="ไม่เปิดเผย"),
        row("3/2567", file=f"{SITE}/3.pdf"),
    )
    report, _ = preview(register, submission(table(*rows, headings=COLUMNS), mapping=LINKED))
    expected = [
        ("1/2567", (FieldChange("access", f"{SITE}/1.pdf", f"{SITE}/new.pdf"),)),
        ("2/2567", (FieldChange("access", "", "nonPublic"),)),
    ]
    assert [(each.number, each.fields) for each in changes_of(register, report.batch)] == expected
    tried = {
        each.number: {finding.details["rule"] for finding in each.findings}
        for each in sampled_rows(register, report.batch)
    }
    assert tried == {number: {"gazette-reference"} for number in ("1/2567", "2/2567", "3/2567")}
    publish_batch(register, report.batch)
    assert [(each.number, each.fields) for each in changes_of(register, report.batch)] == expected, "afterwards too"
