"""`/api/v1/licenses`: a licence put by its number, and what is told of it."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from registry.intake.undo import undo_batch
from registry.register import Register
from registry.tokens import TokenScope
from tests.registry.office import problem
from tests.registry.pushing import LICENSE, PATH, System
from tests.registry.small import (
    ADVERT,
    BASE,
    CLINIC,
    DEPARTMENT,
    FOOD,
    OFFICE,
    TOWN,
    Clock,
    act,
    credentials,
    current_credential,
    find,
    iri,
    row,
    send,
    table_sizes,
    verdict,
)
from vocab.history import ActKind
from vocab.license import Person


@pytest.fixture
def system(client: FlaskClient, register: Register) -> System:
    return System(client, register)


@pytest.fixture
def sqlite_system(sqlite_client: FlaskClient, sqlite_register: Register) -> System:
    return System(sqlite_client, sqlite_register)


def test_a_new_licence_is_created_and_public_at_once(system: System, register: Register) -> None:
    answer = system.put(LICENSE)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == BASE + PATH
    body = answer.get_json()
    record = find(register, "12/2567")
    assert {name: body[name] for name in ("outcome", "iri", "version", "status", "record", "findings")} == {
        "outcome": "created",
        "iri": str(iri("12/2567")),
        "version": 1,
        "status": "active",
        "record": "published",
        "findings": [],
    }
    assert body["check"] == f"{BASE}/C/{record.check_id}"
    assert body["license"] == {"number": "12/2567", **LICENSE}
    for link in ("credential", "html", "jsonld", "ttl", "nt", "self"):
        assert system.client.get(body["links"][link].removeprefix(BASE)).status_code == 200, link
    assert verdict(register, current_credential(register, "12/2567")).in_force.code == "active"
    assert [(item.kind, item.effective_on) for item in record.history.acts] == [(ActKind.GRANT, date(2024, 3, 1))]


def test_the_same_again_writes_nothing(system: System, register: Register, clock: Clock) -> None:
    first = system.put(LICENSE)
    before, confirmed = table_sizes(register), find(register, "12/2567").confirmed_at
    clock.pass_by(hours=2)
    again = system.put(LICENSE)
    assert (again.status_code, again.get_json()["outcome"]) == (200, "unchanged")
    assert "Location" not in again.headers
    assert again.headers["ETag"] == first.headers["ETag"]
    assert table_sizes(register) == before
    assert find(register, "12/2567").confirmed_at == confirmed
    # What is got can be put.
    got = system.get().get_json()
    assert system.put(got["license"]).get_json()["outcome"] == "unchanged"
    assert table_sizes(register) == before


def test_it_is_the_same_as_the_row_of_a_file(sqlite_system: System, sqlite_register: Register) -> None:
    send(sqlite_register, row("12/2567", area="20"))
    before = table_sizes(sqlite_register)
    assert sqlite_system.put(LICENSE).get_json()["outcome"] == "unchanged"
    assert {name for name, size in table_sizes(sqlite_register).items() if size != before[name]} == set()


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"expires_on": "2028-02-28"}, ActKind.RENEW),
        ({"expires_on": "31/01/2570"}, ActKind.CORRECT),
        ({"condition": ["ห้ามใช้เสียงดัง; หลังสี่ทุ่ม", "ข้อสอง"]}, ActKind.AMEND),
    ],
)
def test_a_change_is_recorded_as_of_a_file(
    system: System, register: Register, change: dict[str, Any], kind: ActKind
) -> None:
    first = system.put(LICENSE)
    answer = system.put(LICENSE | change)
    assert (answer.status_code, answer.get_json()["outcome"]) == (200, "changed")
    assert answer.get_json()["version"] == 2
    assert answer.headers["ETag"] != first.headers["ETag"]
    assert [item.kind for item in find(register, "12/2567").history.acts] == [ActKind.GRANT, kind]
    assert len(credentials(register, "12/2567")) == 2


def test_a_list_is_several_values_whatever_is_in_them(sqlite_system: System, sqlite_register: Register) -> None:
    conditions = ["ห้ามใช้เสียงดัง; หลังสี่ทุ่ม", "ข้อสอง"]
    answer = sqlite_system.put(LICENSE | {"condition": conditions, "activity": "จำหน่ายอาหาร; เครื่องดื่ม"})
    assert answer.get_json()["license"]["condition"] == conditions
    assert answer.get_json()["license"]["activity"] == ["จำหน่ายอาหาร; เครื่องดื่ม"]
    assert find(sqlite_register, "12/2567").license.conditions == tuple(conditions)


def test_what_a_file_would_be_told_is_told(sqlite_system: System) -> None:
    warned = sqlite_system.put({**LICENSE, "expires_on": None}, f"/api/v1/licenses/{TOWN}/{FOOD}/ABC-9")
    assert warned.status_code == 201
    found = {item["code"]: item for item in warned.get_json()["findings"]}
    assert found.keys() == {"number-unusual", "expiry-missing"}
    unusual = found["number-unusual"]
    assert (unusual["gravity"], unusual["member"], unusual["received"]) == ("warns", "number", "ABC-9")
    assert "25" in unusual["message"]["en"]
    assert unusual["message"]["th"] != unusual["message"]["en"]


def test_what_blocks_a_row_blocks_this(sqlite_system: System, sqlite_register: Register) -> None:
    before = table_sizes(sqlite_register)
    sent = LICENSE | {"expires_on": "31/02/2567", "premises": "บ้าน 1-2345-67890-12-1"}
    refused = problem(sqlite_system.put(sent), 422, "license-rejected")
    found = {item["member"]: item for item in refused["findings"]}
    assert (found["expires_on"]["code"], found["expires_on"]["received"]) == ("date-no-such-day", "31/02/2567")
    assert found["premises"]["code"] == "citizen-number-public"
    assert "67890" not in json.dumps(refused)
    assert table_sizes(sqlite_register) == before


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"", ""),
        (b"[]", ""),
        (b'{"number": "1", "number": "2"}', ""),
        ({"colour": "red"}, "/colour"),
        ({"licensee": 7}, "/licensee"),
        ({"premises": ["a", "b"]}, "/premises"),
        ({"condition": ["a", None]}, "/condition/1"),
        ({"condition": [["a"]]}, "/condition/0"),
        ({"activity": ["a\u241eb"]}, "/activity/0"),
        ({"licensee": "a && b"}, "/licensee"),
        ({"licensee": ["ก", "ข"], "licensee_en": "a"}, "/licensee_en"),
        ({"licensee": "ก", "licensee_en": ["a", "b"]}, "/licensee_en"),
        ({"licensee": ["ก", "-"], "licensee_en": ["a", "b"]}, "/licensee/1"),
        ({"condition": ["ก", " "]}, "/condition/1"),
        ({"particulars": "20"}, "/particulars"),
        ({"particulars": {"a/b": "20"}}, "/particulars/a~1b"),
        ({"particulars": {"area": 20}}, "/particulars/area"),
        ({"no_expiry": "true"}, "/no_expiry"),
        ({"no_expiry": 1}, "/no_expiry"),
        (LICENSE | {"no_expiry": True}, "/no_expiry"),
        (LICENSE | {"number": "13/2567"}, "/number"),
    ],
)
def test_what_is_not_of_the_form_is_pointed_at(
    sqlite_system: System, sqlite_register: Register, body: Any, pointer: str
) -> None:
    before = table_sizes(sqlite_register)
    assert problem(sqlite_system.put(body), 400, "member-refused")["pointer"] == pointer
    assert table_sizes(sqlite_register) == before


def test_a_law_without_an_end_is_said(sqlite_system: System) -> None:
    endless = {name: value for name, value in LICENSE.items() if name != "expires_on"} | {"no_expiry": True}
    answer = sqlite_system.put(endless)
    assert answer.get_json()["status"] == "active"
    assert answer.get_json()["license"]["no_expiry"] is True


def test_numbers_that_start_again_each_year(sqlite_system: System, sqlite_register: Register) -> None:
    path = f"/api/v1/licenses/{TOWN}/{ADVERT}/45"
    first = sqlite_system.put({"issued_on": "2023-01-05"}, path)
    assert (first.status_code, first.headers["Location"]) == (201, f"{BASE}{path}/be2566")
    assert sqlite_system.put({"issued_on": "2024-01-05"}, f"{path}/be2567").status_code == 201
    assert find(sqlite_register, iri("45", "be2567", license_type=ADVERT)).license.issued_on == date(2024, 1, 5)
    assert (
        "be2566"
        in problem(sqlite_system.put({"issued_on": "2023-01-05"}, f"{path}/be2567"), 404, "no-such-license")["detail"]
    )
    undated = problem(sqlite_system.put({"licensee": "ก"}, path), 422, "license-rejected")
    assert [item["code"] for item in undated["findings"]] == ["year-missing"]
    assert "be2567" in problem(sqlite_system.get(path), 404, "no-such-license")["detail"]
    # The number alone names the licence that is renewed, where only one bears it.
    renewing = sqlite_system.put({"issued_on": "2024-02-05", "renews": "45"}, f"/api/v1/licenses/{TOWN}/{ADVERT}/46")
    assert renewing.status_code == 409, "two licences bear this number"


def test_the_licence_that_is_renewed_is_named_by_its_number(sqlite_system: System, sqlite_register: Register) -> None:
    path = f"/api/v1/licenses/{TOWN}/{ADVERT}"
    renewing = {"issued_on": "2024-02-05", "renews": "45"}
    assert "45" in problem(sqlite_system.put(renewing, f"{path}/46"), 409, "not-issued")["detail"]
    sqlite_system.put({"issued_on": "2023-01-05"}, f"{path}/45")
    assert sqlite_system.put(renewing, f"{path}/46").status_code == 201
    assert find(sqlite_register, iri("46", "be2567", license_type=ADVERT)).license.renews == iri(
        "45", "be2566", license_type=ADVERT
    )


def test_a_person_is_shown_to_the_authority_and_masked_for_all_others(
    sqlite_system: System, sqlite_client: FlaskClient, sqlite_register: Register
) -> None:
    sent = LICENSE | {"licensee": "นายสมชาย ใจดีมาก"}
    stored = sqlite_system.put(sent)
    assert stored.get_json()["license"]["licensee"] == "นายสมชาย ใจดีมาก"
    assert isinstance(find(sqlite_register, "12/2567").license.licensees[0], Person)
    own = sqlite_system.get()
    assert own.get_json()["license"]["licensee"] == "นายสมชาย ใจดีมาก"
    assert own.headers["ETag"] == stored.headers["ETag"]
    assert "private" in own.headers["Cache-Control"]
    others = (
        sqlite_client.get(PATH),
        System(sqlite_client, sqlite_register, DEPARTMENT).get(),
        System(sqlite_client, sqlite_register, TOWN, TokenScope.ACT).get(),
    )
    for answer in others:
        assert answer.status_code == 200
        assert "สมชาย" not in answer.text
        assert answer.headers["ETag"] != own.headers["ETag"]
        assert "Authorization" in answer.headers["Vary"]
    # What is masked comes back: it is no new name.
    masked = others[0].get_json()["license"]
    assert sqlite_system.put(masked).get_json()["outcome"] == "unchanged"


# Preconditions


def test_a_change_of_an_old_state_is_refused(system: System, register: Register) -> None:
    etag = system.put(LICENSE).headers["ETag"]
    changed = system.put(LICENSE | {"street": "1 ถนนหลัก"}, If_Match=etag)
    assert changed.status_code == 200
    before = table_sizes(register)
    late = system.put(LICENSE | {"street": "2 ถนนหลัก"}, If_Match=etag)
    assert "changed since" in problem(late, 412, "precondition-failed")["detail"]
    assert table_sizes(register) == before
    public = system.client.get(PATH).headers["ETag"]
    for tag in (changed.headers["ETag"], public, f'"other", {public}', "*"):
        assert system.put(LICENSE | {"street": "1 ถนนหลัก"}, If_Match=tag).status_code == 200, tag


def test_only_a_new_licence_may_be_asked_for(sqlite_system: System) -> None:
    assert sqlite_system.put(LICENSE, If_None_Match="*").status_code == 201
    problem(sqlite_system.put(LICENSE, If_None_Match="*"), 412, "precondition-failed")
    problem(sqlite_system.put(LICENSE, PATH.replace("12", "13"), If_Match="*"), 412, "precondition-failed")
    problem(sqlite_system.put(LICENSE, If_Match='W/"weak"'), 412, "precondition-failed")
    problem(sqlite_system.put(LICENSE, If_Match=""), 412, "precondition-failed")


def test_an_act_and_the_calendar_change_the_entity_tag(
    sqlite_system: System, sqlite_register: Register, clock: Clock
) -> None:
    tags = [sqlite_system.put(LICENSE).headers["ETag"]]
    act(sqlite_register, "12/2567", ActKind.SUSPEND)
    tags.append(sqlite_system.get().headers["ETag"])
    act(sqlite_register, "12/2567", ActKind.REINSTATE)
    clock.go_to(date(2027, 3, 1))
    expired = sqlite_system.get()
    assert expired.get_json()["status"] == "expired"
    assert len({*tags, expired.headers["ETag"]}) == 3


def test_a_reader_who_has_it_already_is_told_so(sqlite_system: System) -> None:
    sqlite_system.put(LICENSE)
    first = sqlite_system.get()
    again = sqlite_system.get(**{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


# Never backwards


def test_an_old_request_that_comes_again_late_undoes_nothing(system: System, register: Register) -> None:
    system.put(LICENSE)
    system.put(LICENSE | {"expires_on": "2028-02-28"})
    before = table_sizes(register)
    assert "not changed back" in problem(system.put(LICENSE), 409, "not-issued")["detail"]
    act(register, "12/2567", ActKind.REVOKE)
    problem(system.put(LICENSE | {"expires_on": "2029-02-28"}), 409, "not-issued")
    assert find(register, "12/2567").newest.term.expires_on == date(2028, 2, 28)
    assert table_sizes(register)["license_version"] == before["license_version"]


def test_who_has_seen_the_present_state_may_change_it_back(system: System, register: Register) -> None:
    system.put(LICENSE)
    wrong = system.put(LICENSE | {"premises": "ร้านอื่น", "expires_on": "2028-02-28"})
    before = table_sizes(register)
    for header in ({}, {"If_Match": "*"}):
        assert "not changed back" in problem(system.put(LICENSE, **header), 409, "not-issued")["detail"]
    assert table_sizes(register) == before
    repaired = system.put(LICENSE, If_Match=wrong.headers["ETag"])
    assert (repaired.status_code, repaired.get_json()["outcome"]) == (200, "changed"), repaired.text
    assert repaired.get_json()["license"] == {"number": "12/2567", **LICENSE}
    # The same request once more, late, has seen another state.
    problem(system.put(LICENSE, If_Match=wrong.headers["ETag"]), 412, "precondition-failed")


EMPTY: list[dict[str, Any]] = [
    {},
    {"number": "12/2567", "activity": ["จำหน่ายอาหาร"], "particulars": {"area": "20"}},
    {"licensee": None, "premises": None, "expires_on": None, "no_expiry": True},
]


@pytest.mark.parametrize("body", EMPTY)
def test_an_empty_licence_is_refused(sqlite_system: System, sqlite_register: Register, body: dict[str, Any]) -> None:
    for _state in ("new", "there"):
        before = table_sizes(sqlite_register)
        told = problem(sqlite_system.put(body), 422, "license-empty")["detail"]
        assert ("null, as sent for licensee, premises, expires_on" in told) == (None in body.values())
        assert table_sizes(sqlite_register) == before
        sqlite_system.put(LICENSE)


# Numbers


@pytest.mark.parametrize("spelling", ["%E0%B9%91%E0%B9%92~2F2567", "12-2567", "12~20~2F~202567"])
def test_a_new_number_that_is_nearly_another_s_is_not_made_by_mistake(
    sqlite_system: System, sqlite_register: Register, spelling: str
) -> None:
    sqlite_system.put(LICENSE)
    before = table_sizes(sqlite_register)
    other = f"/api/v1/licenses/{TOWN}/{FOOD}/{spelling}"
    for headers in ({}, {"If_None_Match": "*"}):
        refused = problem(sqlite_system.put(LICENSE, other, **headers), 409, "number-similar")
        assert refused["others"] == ["12/2567"]
        assert '"distinct": true' in refused["detail"]
    assert table_sizes(sqlite_register) == before
    made = sqlite_system.put(LICENSE | {"distinct": True}, other)
    assert (made.status_code, [item["code"] for item in made.get_json()["findings"]][-1]) == (201, "number-similar")
    assert "distinct" not in made.get_json()["license"]
    # Once it is there, nobody doubts it.
    assert sqlite_system.put(LICENSE | {"street": "1"}, other).status_code == 200


def test_an_alias_leads_to_its_licence_and_makes_no_new_one(sqlite_system: System, sqlite_register: Register) -> None:
    sqlite_system.put(LICENSE | {"aliases": ["นพ 80"]})
    alias = f"/api/v1/licenses/{TOWN}/{FOOD}/%E0%B8%99%E0%B8%9E~2080"
    found = sqlite_system.get(alias)
    assert (found.status_code, found.headers["Location"]) == (308, BASE + PATH)
    assert problem(sqlite_system.put(LICENSE, alias), 409, "number-similar")["others"] == ["12/2567"]
    assert sqlite_system.put(LICENSE | {"distinct": True}, alias).status_code == 201
    assert sqlite_system.get(alias).status_code == 200


def test_what_was_taken_back_is_gone_and_says_since_when(
    sqlite_system: System, sqlite_register: Register, sqlite_client: FlaskClient
) -> None:
    undo_batch(sqlite_register, send(sqlite_register, row("12/2567")).batch)
    for answer in (sqlite_system.get(), sqlite_client.get(PATH)):
        gone = problem(answer, 410, "record-withdrawn")
        assert gone["withdrawnAt"] == "2026-11-21T05:00:00Z"
    # It may be published again.
    assert sqlite_system.put(LICENSE).status_code == 201


# Who, and where


def test_the_authority_comes_from_the_token(
    sqlite_system: System, sqlite_client: FlaskClient, sqlite_register: Register
) -> None:
    before = table_sizes(sqlite_register)
    for path in (
        f"/api/v1/licenses/{OFFICE}/{FOOD}/1~2F2567",
        f"/api/v1/licenses/x-nobody/{FOOD}/1~2F2567",
        f"/api/v1/licenses/{TOWN}/{CLINIC}/1~2F2567",
    ):
        problem(sqlite_system.put(LICENSE, path), 403, "not-permitted")
    problem(sqlite_system.put(LICENSE, f"/api/v1/licenses/{TOWN}/no-such-type/1"), 404, "no-such-license-type")
    assert table_sizes(sqlite_register) == before
    other = System(sqlite_client, sqlite_register, TOWN, TokenScope.ISSUE, TokenScope.ACT)
    refused = other.put(LICENSE)
    assert "publish" in problem(refused, 403, "not-permitted")["detail"]
    assert 'scope="publish"' in refused.headers["WWW-Authenticate"]
    assert problem(sqlite_client.put(PATH, json=LICENSE), 401, "not-authenticated")
    assert problem(sqlite_client.get(PATH, headers={"Authorization": "Bearer x"}), 401, "not-authenticated")


@pytest.mark.parametrize(
    "spelling",
    ["12%2F2567", "12~2f2567", "%312~2F2567", f"../{FOOD}/12~2F2567"],
    ids=["percent", "case", "digit", "dots"],
)
def test_another_spelling_leads_to_the_one_address(sqlite_system: System, spelling: str) -> None:
    answer = sqlite_system.put(LICENSE, f"/api/v1/licenses/{TOWN}/{FOOD}/{spelling}")
    assert answer.status_code in {308, 404}
    if answer.status_code == 308:
        assert answer.headers["Location"] == BASE + PATH
        assert sqlite_system.put(LICENSE, PATH).status_code == 201


def test_a_former_code_of_the_authority_leads_to_the_present_one(sqlite_system: System) -> None:
    answer = sqlite_system.put(LICENSE, PATH.replace(TOWN, "lao-05480115"))
    assert (answer.status_code, answer.headers["Location"]) == (308, BASE + PATH)


@pytest.mark.parametrize("path", ["1/2/3/4", "%00", "~ZZ", "%ED%A0%80"])
def test_what_is_no_number_is_not_found(sqlite_system: System, path: str) -> None:
    assert sqlite_system.put(LICENSE, f"/api/v1/licenses/{TOWN}/{FOOD}/{path}").status_code == 404


def test_a_citizen_s_number_is_refused_and_not_repeated(sqlite_system: System) -> None:
    answer = sqlite_system.put(LICENSE, f"/api/v1/licenses/{TOWN}/{FOOD}/1234567890121")
    assert "1234567890121" not in json.dumps(problem(answer, 400, "number-refused"))


def test_what_arrived_is_kept(sqlite_system: System, sqlite_register: Register) -> None:
    from sqlalchemy import select

    from registry.tables import BatchRow

    sqlite_system.put(LICENSE)
    with sqlite_register.database.reading() as session:
        kept = session.scalars(select(BatchRow)).one()
        assert (kept.channel, kept.file_name) == ("api", f"PUT {PATH}")


def test_of_two_changes_of_one_state_one_is_refused(system: System, register: Register) -> None:
    etag = system.put(LICENSE).headers["ETag"]

    def change(street: int) -> int:
        client = system.client.application.test_client()
        headers = {**system.headers, "If-Match": etag}
        return client.put(PATH, json=LICENSE | {"street": f"{street} ถนนหลัก"}, headers=headers).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(change, range(1, 5))) == [200, 412, 412, 412]
    assert len(find(register, "12/2567").history.acts) == 2
