"""`POST /api/v1/acts`: decisions by an authority's own system, each recorded once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry.api.answered import Answer, KeyInUse, earlier_answer, keep_answer, keyed_request
from registry.register import Register
from registry.tokens import TokenScope
from tests.registry.office import problem
from tests.registry.pushing import System
from tests.registry.small import (
    ADVERT,
    FOOD,
    OFFICE,
    TOWN,
    Clock,
    bit,
    credentials,
    find,
    iri,
    row,
    send,
    status,
    table_sizes,
)
from vocab.history import ActKind

NUMBER = "12/2567"
SUSPEND: dict[str, Any] = {
    "license": str(iri(NUMBER)),
    "kind": "suspend",
    "on": "2026-11-21",
    "until": "2027-01-31",
    "order": "นพ 71801/9",
    "reason": "สุขลักษณะไม่ผ่านเกณฑ์",
}


@pytest.fixture
def system(client: FlaskClient, register: Register) -> System:
    send(register, row(NUMBER), row("13/2567"))
    return System(client, register, TOWN, TokenScope.ACT)


@pytest.fixture
def sqlite_system(sqlite_client: FlaskClient, sqlite_register: Register) -> System:
    send(sqlite_register, row(NUMBER), row("13/2567"))
    return System(sqlite_client, sqlite_register, TOWN, TokenScope.ACT)


def test_a_decision_is_recorded_and_the_status_follows(system: System, register: Register) -> None:
    answer = system.record(SUSPEND)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"{iri(NUMBER)}#act-2"
    body = answer.get_json()
    assert body["act"] == {
        "id": f"{iri(NUMBER)}#act-2",
        "number": 2,
        "recorded_at": "2026-11-21T05:00:00Z",
        **{name: SUSPEND[name] for name in ("kind", "on", "until", "order", "reason")},
    }
    assert (body["license"]["iri"], body["license"]["status"]) == (str(iri(NUMBER)), "suspended")
    assert status(register, NUMBER) == "suspended"
    assert bit(register, credentials(register, NUMBER)[0], "suspension")
    # It is a decision, and no row of a file undoes it.
    assert find(register, NUMBER).history.acts[-1].order == "นพ 71801/9"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"kind": "revoke", "until": None}, "revoked"),
        ({"kind": "surrender", "until": None}, "surrendered"),
        ({"kind": "renew", "until": None, "term": {"expires_on": "2030-02-28"}}, "active"),
        ({"kind": "correct", "until": None, "term": {"no_expiry": True}}, "active"),
        ({"kind": "correct", "until": None, "term": {"valid_from": "2027-01-01"}}, "pending"),
        ({"kind": "renew", "until": None, "successor": "13/2567"}, "superseded"),
        ({"kind": "renew", "until": None, "successor": str(iri("13/2567"))}, "superseded"),
    ],
)
def test_every_kind_of_decision(sqlite_system: System, change: dict[str, Any], expected: str) -> None:
    answer = sqlite_system.record(SUSPEND | change)
    assert answer.status_code == 201, answer.text
    assert answer.get_json()["license"]["status"] == expected


def test_a_decision_that_was_a_mistake_is_declared_void(sqlite_system: System) -> None:
    sqlite_system.record(SUSPEND | {"kind": "revoke", "until": None})
    answer = sqlite_system.record(SUSPEND | {"kind": "correct", "until": None, "voids": 2})
    assert (answer.get_json()["act"]["voids"], answer.get_json()["license"]["status"]) == (2, "active")


def test_a_licence_is_named_by_its_number_too(sqlite_system: System, sqlite_register: Register) -> None:
    named = {name: value for name, value in SUSPEND.items() if name != "license"}
    assert sqlite_system.record(named | {"type": FOOD, "number": NUMBER}).status_code == 201
    mapping = '[columns]\nnumber = "number"\nissued_on = "issued_on"\n'
    from registry.intake.publish import publish
    from tests.registry.small import submission, table

    years = table({"number": "45", "issued_on": "2023-01-05"}, {"number": "45", "issued_on": "2024-01-05"})
    publish(sqlite_register, submission(years, TOWN, ADVERT, mapping))
    advert = named | {"type": ADVERT, "number": "45", "until": None}
    assert "be2566" in problem(sqlite_system.record(advert), 404, "no-such-license")["detail"]
    answer = sqlite_system.record(advert | {"qualifier": "be2567"})
    assert answer.get_json()["license"]["iri"] == str(iri("45", "be2567", license_type=ADVERT))


@pytest.mark.parametrize(
    ("change", "expected", "code"),
    [
        ({"kind": "reinstate", "until": None}, 409, "illegal-act"),
        ({"license": str(iri("99/2567"))}, 404, "no-such-license"),
        ({"license": str(iri(NUMBER, authority=OFFICE))}, 403, "not-permitted"),
        ({"kind": "renew", "until": None, "successor": str(iri("13/2567", authority=OFFICE))}, 403, "not-permitted"),
        ({"order": None}, 422, "act-refused"),
        ({"reason": "เลข 1-2345-67890-12-1"}, 422, "act-refused"),
        ({"kind": "renew", "until": None}, 422, "act-refused"),
        ({"until": "2026-01-01"}, 422, "act-refused"),
        ({"on": "2099-01-01"}, 422, "act-refused"),
    ],
)
def test_what_is_refused_writes_nothing(
    sqlite_system: System, sqlite_register: Register, change: dict[str, Any], expected: int, code: str
) -> None:
    before = table_sizes(sqlite_register)
    problem(sqlite_system.record(SUSPEND | change, Idempotency_Key='"one"'), expected, code)
    assert table_sizes(sqlite_register) == before
    # What was refused is not kept under its key: the request may be put right.
    assert sqlite_system.record(SUSPEND, Idempotency_Key='"one"').status_code == 201


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"kind": "grant"}, "/kind"),
        ({"kind": ["suspend"]}, "/kind"),
        ({"on": None}, "/on"),
        ({"on": "21/11/2569"}, "/on"),
        ({"on": "2569-11-21"}, "/on"),
        ({"order": 7}, "/order"),
        ({"license": None}, "/license"),
        ({"number": NUMBER}, "/license"),
        ({"license": "::"}, "/license"),
        ({"license": None, "number": NUMBER}, "/type"),
        ({"voids": "2"}, "/voids"),
        ({"voids": True}, "/voids"),
        ({"term": {}}, "/term"),
        ({"term": []}, "/term"),
        ({"term": {"until": "2027-01-01"}}, "/term/until"),
        ({"term": {"no_expiry": False}}, "/term/no_expiry"),
        ({"term": {"no_expiry": True, "expires_on": "2027-01-01"}}, "/term"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_what_is_not_of_the_form_is_pointed_at(
    sqlite_system: System, sqlite_register: Register, change: dict[str, Any], pointer: str
) -> None:
    before = table_sizes(sqlite_register)
    refused = problem(sqlite_system.record(SUSPEND | change), 400, "member-refused")
    assert refused["pointer"] == pointer
    assert table_sizes(sqlite_register) == before


def test_another_scope_and_another_authority_record_nothing(
    sqlite_system: System, sqlite_client: FlaskClient, sqlite_register: Register
) -> None:
    publishing = System(sqlite_client, sqlite_register, TOWN, TokenScope.PUBLISH)
    assert "act" in problem(publishing.record(SUSPEND), 403, "not-permitted")["detail"]
    other = System(sqlite_client, sqlite_register, OFFICE, TokenScope.ACT)
    problem(other.record(SUSPEND), 403, "not-permitted")
    problem(sqlite_client.post("/api/v1/acts", json=SUSPEND), 401, "not-authenticated")
    assert status(sqlite_register, NUMBER) == "active"


# The same request twice


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"order": None}, "/order"),
        ({"reason": "เลข 1-2345-67890-12-1"}, "/reason"),
        ({"kind": "renew", "until": None}, "/term"),
        ({"kind": "renew", "until": None, "term": {"expires_on": "2026-12-01"}}, "/term/expires_on"),
        ({"until": "2026-01-01"}, "/until"),
        ({"on": "2099-01-01"}, "/on"),
        ({"kind": "renew", "until": None, "successor": NUMBER}, "/successor"),
    ],
)
def test_a_decision_that_is_refused_is_pointed_at(sqlite_system: System, change: dict[str, Any], pointer: str) -> None:
    assert problem(sqlite_system.record(SUSPEND | change), 422, "act-refused")["pointer"] == pointer


def test_the_act_that_stands_against_it_is_named(sqlite_system: System) -> None:
    assert sqlite_system.record(SUSPEND).status_code == 201
    assert sqlite_system.record(SUSPEND | {"kind": "revoke", "until": None}).status_code == 201
    refused = problem(sqlite_system.record(SUSPEND), 409, "illegal-act")
    assert refused["act"] == 3
    assert '"voids": 3' in refused["detail"]
    # What is recorded for later stands against what comes before it.
    earlier = SUSPEND | {"kind": "surrender", "on": "2026-11-20", "until": None}
    before_it = problem(sqlite_system.record(earlier), 409, "illegal-act")
    assert before_it["act"] == 2
    assert "--" not in before_it["detail"]
    void = problem(sqlite_system.record(SUSPEND | {"kind": "correct", "until": None, "voids": 9}), 409, "illegal-act")
    assert void["pointer"] == "/voids"
    nothing = problem(sqlite_system.record(SUSPEND | {"on": None}), 400, "member-refused")["detail"]
    assert "None" not in nothing


def test_the_same_request_is_carried_out_once(system: System, register: Register) -> None:
    first = system.record(SUSPEND, Idempotency_Key='"8e03978e-40d5"')
    before = table_sizes(register)
    for key in ('"8e03978e-40d5"', "8e03978e-40d5"):
        again = system.record(SUSPEND, Idempotency_Key=key)
        assert (again.status_code, again.data) == (201, first.data)
        assert again.headers["Location"] == first.headers["Location"]
    assert table_sizes(register) == before
    assert [act.kind for act in find(register, NUMBER).history.acts] == [ActKind.GRANT, ActKind.SUSPEND]
    # Without a key it is another request.
    problem(system.record(SUSPEND), 409, "illegal-act")


def test_the_same_request_at_the_same_moment_is_carried_out_once(system: System, register: Register) -> None:
    def record(_attempt: int) -> TestResponse:
        # A client of its own: one is not for several threads.
        client = system.client.application.test_client()
        headers = {**system.headers, "Idempotency-Key": '"one"'}
        return client.post("/api/v1/acts", json=SUSPEND, headers=headers)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(record, range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert len(find(register, NUMBER).history.acts) == 2


def test_an_answer_is_kept_once(register: Register) -> None:
    request = keyed_request('"a"', "POST", "/api/v1/batches", b"x")
    with register.database.writing() as session:
        authority_id = register.store(session).authority_id(TOWN)
        assert earlier_answer(session, authority_id, request) is None
        keep_answer(session, authority_id, request, Answer(201, b"{}"), register.now())
    with pytest.raises(KeyInUse), register.database.writing() as session:
        keep_answer(session, authority_id, request, Answer(201, b"[]"), register.now())
    with register.database.reading() as session:
        assert earlier_answer(session, authority_id, request) == Answer(201, b"{}")


def test_a_key_is_for_one_request(sqlite_system: System) -> None:
    sqlite_system.record(SUSPEND, Idempotency_Key='"a"')
    other = SUSPEND | {"license": str(iri("13/2567"))}
    problem(sqlite_system.record(other, Idempotency_Key='"a"'), 422, "key-reused")
    assert sqlite_system.record(other, Idempotency_Key='"b"').status_code == 201


@pytest.mark.parametrize("key", ['""', "", "ก", '"' + "a" * 201 + '"', 'a"b', "a b"])
def test_a_key_that_cannot_be_read_is_refused(sqlite_system: System, key: str) -> None:
    problem(sqlite_system.record(SUSPEND, Idempotency_Key=key.encode().decode("latin-1")), 400, "key-refused")


def test_an_authority_does_not_see_the_keys_of_others(
    sqlite_system: System, sqlite_client: FlaskClient, sqlite_register: Register
) -> None:
    send(sqlite_register, row(NUMBER), authority=OFFICE)
    sqlite_system.record(SUSPEND, Idempotency_Key='"a"')
    other = System(sqlite_client, sqlite_register, OFFICE, TokenScope.ACT)
    answer = other.record(SUSPEND | {"license": str(iri(NUMBER, authority=OFFICE))}, Idempotency_Key='"a"')
    assert answer.get_json()["license"]["iri"] == str(iri(NUMBER, authority=OFFICE))


def test_old_answers_are_forgotten(sqlite_system: System, sqlite_register: Register, clock: Clock) -> None:
    sqlite_system.record(SUSPEND, Idempotency_Key='"a"')
    clock.pass_by(days=31)
    sqlite_system.record(SUSPEND | {"license": str(iri("13/2567")), "until": None}, Idempotency_Key='"b"')
    assert table_sizes(sqlite_register)["answered_request"] == 1
