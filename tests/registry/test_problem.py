"""The pages of the kinds of problems: whatever `type` an answer has, something stands at its address."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from registry.web.openapi_schemas import GENUINE_CODES, IN_FORCE_CODES
from registry.web.problem import problem_types

ERRORS = Path(__file__).parents[2] / "docs" / "errors.md"


@pytest.mark.parametrize("code", [*problem_types(), "http-404", "http-413", "http-414", "http-503"])
def test_every_kind_of_problem_has_a_page_in_both_languages(sqlite_client: FlaskClient, code: str) -> None:
    thai, english = sqlite_client.get(f"/problems/{code}"), sqlite_client.get(f"/problems/{code}?lang=en")
    assert (thai.status_code, english.status_code) == (200, 200)
    for page in (thai, english):
        assert page.content_type.startswith("text/html")
        assert f">{code}</code>" in page.text
    heading = re.compile("<h1>(.+)</h1>")
    assert heading.findall(thai.text) != heading.findall(english.text)


def test_every_reason_of_a_verdict_that_is_not_yes_has_a_page() -> None:
    yes = {"signed-by-authority", "recorded-before-revocation"}
    assert {*GENUINE_CODES, *IN_FORCE_CODES} - yes - problem_types().keys() == set()


def test_every_kind_of_problem_is_in_the_documentation() -> None:
    text = ERRORS.read_text(encoding="utf-8")
    assert {code for code in problem_types() if f"`{code}`" not in text} == set()


def test_what_is_no_kind_of_problem_is_not_found(sqlite_client: FlaskClient) -> None:
    for code in ("nonsense", "http-200", "http-999", "HTTP-404", "http-๔๐๔"):
        assert sqlite_client.get(f"/problems/{code}").status_code == 404


def test_the_type_of_an_answer_leads_to_its_page(sqlite_client: FlaskClient) -> None:
    answers = [
        sqlite_client.get("/id/lic/nobody/nothing/1", headers={"Accept": "application/json"}),
        sqlite_client.post("/credentials/issue", data=b"{"),
        sqlite_client.get("/nowhere", headers={"Accept": "application/json"}),
    ]
    for answer in answers:
        assert sqlite_client.get(answer.get_json()["type"]).status_code == 200
    refused = sqlite_client.post("/credentials/verify", json={"verifiableCredential": {"type": "x"}}).get_json()
    for problem in refused["problemDetails"]:
        assert sqlite_client.get(problem["type"]).status_code == 200
