"""The verdict on a scanned code: the vectors, every bit of 100 codes flipped, and whose key signed what."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuers.keys import KeyPurpose
from tests.builders import NOW, make_license, make_lists
from tests.codes import ADDRESS, ONE, OTHER, code, code_signer, compact, ed25519, issuer, trust
from tests.flipped import CODES, reasons
from tests.vectors import codes
from verify.compact import seal, to_digits
from verify.errors import UnknownIssuer
from verify.scanned import examine_code
from verify.trust import CODES as CODE_USE
from verify.trust import NoTrust, parse_trust, trust_document
from verify.verdict import Answer, Verdict
from vocab.license import Term

STORED: dict[str, Any] = json.loads(codes.PATH.read_text(encoding="utf-8"))
VECTORS = STORED["codes"]
TRUST = codes.known()


def reason(found: Verdict) -> str:
    """What stands first between the code and "genuine and in force"."""
    return next((part.code for part in (found.genuine, found.in_force) if part.answer is not Answer.YES), "active")


@pytest.mark.parametrize("vector", VECTORS, ids=lambda each: each["name"])
def test_a_vector_has_the_verdict_that_names_it(vector: dict[str, Any]) -> None:
    found = examine_code(vector["scanned"], TRUST, NOW)
    assert reason(found) == vector["name"].partition("--")[0]
    assert codes.verdict(found) == {key: vector[key] for key in ("genuine", "inForce", "says")}


def test_the_vectors_are_those_that_the_script_makes() -> None:
    assert codes.made() == STORED


def test_each_vector_has_a_name_of_its_own() -> None:
    assert len({each["name"] for each in VECTORS}) == len(VECTORS)


def test_no_flipped_bit_verifies() -> None:
    for scanned, answers in zip(CODES, reasons(), strict=True):
        assert examine_code(scanned, TRUST, NOW).genuine.answer is Answer.YES
        assert len(answers) > 8 * 150
        assert not any(answer.startswith("yes") for answer in answers)


@given(st.text(max_size=80), st.text("0123456789", max_size=300))
def test_any_text_has_a_verdict(text: str, digits: str) -> None:
    for scanned in (text, f"{ADDRESS}#{text}", f"{ADDRESS}#{digits}"):
        assert examine_code(scanned, TRUST, NOW).genuine.answer is not Answer.YES


def test_a_payload_that_is_longer_than_any_says_so() -> None:
    signer = code_signer()
    raw = seal(compact(premises="ก" * 900), ADDRESS, ed25519(signer), signer.sign)
    found = examine_code(f"{ADDRESS}#{to_digits(raw)}", TRUST, NOW)
    assert (found.genuine.answer, found.genuine.code) == (Answer.NO, "malformed-compact")
    assert "longer" in found.genuine.detail


def test_nothing_is_believed_of_what_is_not_genuine() -> None:
    found = examine_code(code(compact(), code_signer(ONE, "stranger")), TRUST, NOW)
    assert found.credential is None
    assert found.in_force.answer is Answer.UNKNOWN


def test_a_key_for_anything_else_signs_no_code() -> None:
    for use in (KeyPurpose.CREDENTIAL, KeyPurpose.STATUS_LIST):
        signer = code_signer()
        one = issuer(uses={f"{ONE.did}#{signer.public_multibase}": use.value})
        found = examine_code(code(), trust(one), NOW)
        assert found.genuine.answer is not Answer.YES


def test_a_key_for_codes_signs_no_credential() -> None:
    from tests.builders import make_draft, sign
    from verify.verifier import examine

    found = examine(sign(make_draft(), code_signer()), TRUST, NOW)
    assert (found.genuine.answer, found.genuine.code) == (Answer.NO, "key-not-usable")


def test_a_key_of_another_authority_signs_its_own_licences_only() -> None:
    found = examine_code(code(compact(), code_signer(OTHER)), trust(issuer(ONE), issuer(OTHER)), NOW)
    assert found.credential is not None
    assert found.credential.subject["id"] != str(make_license().iri)
    assert found.credential.issuer == OTHER.did


def test_a_register_that_is_asked_itself_knows_all_its_keys() -> None:
    class Live:
        """The register: what it does not have does not exist."""

        live = True

        def __getattr__(self, name: str) -> Any:
            return getattr(trust(), name)

        def code_key(self, key_id: bytes) -> Any:
            raise UnknownIssuer("no authority has the key")

    found = examine_code(code(), Live(), NOW)
    assert (found.genuine.answer, found.genuine.code) == (Answer.NO, "unknown-issuer")


def test_without_trust_nothing_is_fake() -> None:
    found = examine_code(code(), NoTrust(NOW), NOW).genuine
    assert (found.answer, found.code) == (Answer.UNKNOWN, "no-trust-data")


def test_a_list_that_is_too_old_is_no_list() -> None:
    at = NOW + timedelta(days=10)
    forever = compact(make_license(term=Term(no_expiry=True)))
    found = examine_code(code(forever), trust(lists=make_lists(ONE)), at)
    assert found.genuine.answer is Answer.YES
    assert (found.in_force.answer, found.in_force.code) == (Answer.UNKNOWN, "status-unavailable")


def test_trust_data_in_a_file_finds_the_keys_of_codes() -> None:
    from issuers.controller import PublishedKey, did_document

    keys = [
        PublishedKey(public_multibase=ONE.signer.public_multibase),
        PublishedKey(public_multibase=code_signer().public_multibase),
    ]
    lists = make_lists(ONE)
    raw = json.dumps(
        trust_document(TRUST.base, NOW, NOW + timedelta(days=7), [(issuer(), did_document(ONE.did, keys))], lists)
    )
    found = examine_code(code(), parse_trust(raw.encode()), NOW)
    assert reason(found) == "active"
    assert f'"{CODE_USE}"' in raw


def test_the_example_of_the_description_is_the_stored_one() -> None:
    """Each value of docs/qr-format.md, section 8, is read from the page and compared."""
    page = (codes.PATH.parents[2] / "docs" / "qr-format.md").read_text(encoding="utf-8").partition("## 8.")[2]
    example = STORED["example"]
    blocks = re.findall(r"```\n(.*?)```", page, re.DOTALL)
    protected, payload, structure, signature = (re.sub(r"\s", "", _without_words(block)) for block in blocks)
    assert protected == example["protected"]
    assert payload == example["payload"]
    begin, _, end = structure.partition("…")
    assert example["sigStructure"].startswith(begin)
    assert example["sigStructure"].endswith(end)
    assert signature == example["signature"]
    assert example["publicKey"] in page
    assert example["keyId"] in page


def _without_words(block: str) -> str:
    """Only the hexadecimal digits of each line: what they mean stands behind a gap."""
    return "".join(re.split(" {4,}", line)[0] for line in block.splitlines())
