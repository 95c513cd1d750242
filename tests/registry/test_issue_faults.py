"""`POST /credentials/issue` where something breaks, or several ask at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from issuers.keys import KeyEncryptionKeys
from registry.issuing import Issuance
from registry.register import Register
from registry.tables import SigningKeyRow
from tests.registry.office import Office, credential, problem
from tests.registry.small import (
    credentials,
    table_sizes,
)


def test_asking_twice_at_once_publishes_once(office: Office, register: Register) -> None:
    with ThreadPoolExecutor(4) as many:
        answers = list(many.map(lambda _: office.issue(credential()), range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert len(credentials(register, "12/2567")) == 1


def test_a_crash_leaves_nothing(office: Office, register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    before = table_sizes(register)

    def crash(*_arguments: Any) -> int:
        raise RuntimeError("midway")

    with monkeypatch.context() as patch:
        patch.setattr(Issuance, "finish", crash)
        problem(office.issue(credential()), 500, "internal-error")
    assert table_sizes(register) == before
    assert office.issue(credential()).status_code == 201


def test_the_token_is_in_no_log_and_no_answer(
    sqlite_office: Office, sqlite_register: Register, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(0)

    def crash(*_arguments: Any) -> int:
        raise RuntimeError("midway")

    monkeypatch.setattr(Issuance, "finish", crash)
    answers = [sqlite_office.issue(credential()), sqlite_office.ask(b"{"), sqlite_office.client.get("/")]
    assert caplog.text
    assert all(sqlite_office.token not in text for text in (caplog.text, *(answer.text for answer in answers)))


@pytest.mark.parametrize("why", ["hardware", "key-encryption key", "no key"])
def test_where_nothing_can_be_signed_nothing_is_published(
    office: Office, register: Register, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    with register.database.writing() as session:
        key = session.scalars(select(SigningKeyRow).where(SigningKeyRow.purpose == "credential")).all()[0]
        if why == "hardware":
            key.sealed, key.hardware = None, "pkcs11:token=secret-label;id=%00"
        elif why == "no key":
            key.retired_at = register.now()
    if why == "key-encryption key":
        register.key_encryption_keys = lambda: KeyEncryptionKeys(bytes(32))
    before = table_sizes(register)["license"]
    answer = office.issue(credential())
    assert (answer.status_code, answer.get_json()["type"]) == (503, "/problems/signing-unavailable")
    # What the operator needs to know is in the log, and nowhere else.
    assert answer.get_json()["detail"].endswith("send the same again later")
    assert "secret-label" not in answer.text
    assert "cannot answer" in caplog.text
    assert table_sizes(register)["license"] == before
