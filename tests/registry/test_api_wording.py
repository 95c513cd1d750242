"""What is told to a program: members and requests, and no commands of a terminal, no columns and no mapping."""

import re

import pytest
from flask.testing import FlaskClient

from registry.api import wording
from registry.api.wording import PUSHED, SUSPICIOUS, for_programs
from registry.intake.batch import NoSuchBatch
from registry.intake.finding import CATALOGUE
from registry.intake.mapping import MappingInvalid
from registry.intake.suspicion import SUSPICIONS
from registry.problems import UNTOLD, http_problem, problem_of, to_json
from registry.register import Register
from tests.registry.office import problem
from tests.registry.pushing import LICENSE, System
from tests.registry.small import FOOD, MAPPING, TOWN, row, table
from tests.registry.test_translation import messages

_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_OF_A_TERMINAL = re.compile(r"license-registry|[ (]--[a-z]")


@pytest.fixture
def system(sqlite_client: FlaskClient, sqlite_register: Register) -> System:
    return System(sqlite_client, sqlite_register)


def test_what_is_said_instead_is_of_messages_that_there_are() -> None:
    for message, instead in wording._INSTEAD.items():
        assert message in messages()
        assert set(_PLACEHOLDER.findall(instead)) <= set(_PLACEHOLDER.findall(message))
        assert not _OF_A_TERMINAL.search(instead)
    assert PUSHED.keys() <= CATALOGUE.keys()
    for code, text in SUSPICIOUS.items():
        assert set(_PLACEHOLDER.findall(text)) == set(_PLACEHOLDER.findall(SUSPICIONS[code]))


def test_every_command_in_a_suspicion_has_its_words_for_programs() -> None:
    assert {code for code, text in SUSPICIONS.items() if "(--" in text} == SUSPICIOUS.keys()


def test_no_problem_is_without_words() -> None:
    for kind in UNTOLD:
        assert to_json(problem_of(kind("secret")), "")["detail"] != "secret"
    for status in (400, 405, 415, 431, 500, 503):
        assert to_json(http_problem(status), "")["detail"]
    assert problem_of(RuntimeError("secret")).detail.startswith("this is a fault of the registry")
    assert "GET /api/v1/batches" in for_programs(NoSuchBatch(7))


def test_a_batch_is_told_of_in_requests(system: System) -> None:
    def act(batch: int, deed: str) -> str:
        answer = system.post(f"/api/v1/batches/{batch}/{deed}")
        assert answer.status_code in {404, 409}, answer.text
        detail: str = answer.get_json()["detail"]
        return detail

    def upload(*rows: dict[str, str]) -> int:
        found: int = system.upload(table(*rows), mapping=MAPPING).get_json()["batch"]
        return found

    first = upload(*(row(f"{n}/2567") for n in range(1, 5)))
    outdated = upload(row("9/2567"))
    assert system.post(f"/api/v1/batches/{first}/publish").status_code == 200
    suspicious = system.upload(table(row("1/2567")), mapping=MAPPING).get_json()
    (told,) = suspicious["suspicions"]
    assert "holds=part" in told["message"]["en"]
    assert "holds=part" in told["message"]["th"]
    said = [
        act(99, "publish"),
        act(outdated, "publish"),
        act(suspicious["batch"], "publish"),
        act(first, "discard"),
        act(outdated, "undo"),
    ]
    for detail in said:
        assert not _OF_A_TERMINAL.search(detail), detail
    assert f"/api/v1/batches/{outdated}/restage" in said[1]
    assert "`accept`" in said[2]


def test_a_mapping_is_a_field_of_a_request(system: System) -> None:
    for body, fields in (
        (b"\xe0\xb9\x80,b\n1,2\n", {}),
        (table(row("1/2567")).replace(b"number", b"no"), {"mapping": MAPPING}),
    ):
        detail = problem(system.upload(body, **fields), 400, "mapping-invalid")["detail"]
        assert not _OF_A_TERMINAL.search(detail), detail
        assert "`mapping`" in detail
    assert for_programs(MappingInvalid("x")) == "x"


def test_a_finding_names_its_member(system: System) -> None:
    sent = {name: value for name, value in LICENSE.items() if name != "licensee"}
    system.put(LICENSE)
    answer = system.put(sent | {"distinct": True, "renews": ""}, f"/api/v1/licenses/{TOWN}/{FOOD}/12-2567").get_json()
    found = {(item["code"], item["member"]): item["message"] for item in answer["findings"]}
    assert {("item-missing", "licensee"), ("number-similar", "number")} <= found.keys()
    for message in found.values():
        assert not re.search("file|row|column|cell|mapping", message["en"]), message["en"]


def test_a_file_s_name_is_its_last_part(system: System) -> None:
    for name in ("../../etc/list.csv", "C:/Users/me/list.csv", "list.csv"):
        assert system.upload(table(row("1/2567")), name=name, mapping=MAPPING).get_json()["file_name"] == "list.csv"
