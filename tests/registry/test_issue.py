"""`POST /credentials/issue`: another system publishes one licence, and gets its credential."""

import json
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select

from registry.api.issue_request import MAX_ITEMS
from registry.batches import batches, rows_of
from registry.intake.batch import NoSuchBatch
from registry.register import Register
from registry.tables import BatchRow, CredentialRow, FindingRow, ReceivedFileRow
from tests.registry.office import DID, Office, credential, problem
from tests.registry.small import (
    ADVERT,
    BASE,
    TOWN,
    Clock,
    act,
    bit,
    credentials,
    current_credential,
    find,
    iri,
    row,
    rows_in,
    send,
    table_sizes,
    verdict,
)
from vocab.history import ActKind
from vocab.license import Person

THAI = "กขคจชตดนปพ"


def test_a_new_licence_is_published_and_its_credential_is_the_answer(office: Office, register: Register) -> None:
    answer = office.issue(credential())
    assert (answer.status_code, answer.content_type) == (201, "application/json")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data == current_credential(register, "12/2567")
    assert verdict(register, answer.data).genuine.answer == "yes"
    assert verdict(register, answer.data).in_force.code == "active"
    record = find(register, "12/2567")
    assert [(item.kind, item.effective_on) for item in record.history.acts] == [(ActKind.GRANT, date(2024, 3, 1))]
    assert office.client.get(f"/C/{record.check_id}").status_code == 200


def test_what_was_sent_stands_in_the_credential(office: Office) -> None:
    sent = credential()
    signed = office.issue(sent).get_json(force=True)
    subject = signed["credentialSubject"]
    for key in ("licenseNumber", "issuedOn", "effectiveFrom", "expiresOn"):
        assert subject[key] == sent["credentialSubject"][key]
    assert subject["licenseType"]["id"] == sent["credentialSubject"]["licenseType"]
    assert subject["id"] == str(iri("12/2567"))
    assert signed["issuer"]["id"] == DID
    assert signed["validUntil"] == "2027-02-28T23:59:59+07:00"
    assert {entry["statusPurpose"] for entry in signed["credentialStatus"]} == {"revocation", "suspension"}


def test_the_same_as_by_a_file(sqlite_office: Office, sqlite_register: Register) -> None:
    # What a file published is not published again, and the other way round.
    send(sqlite_register, row("12/2567"))
    stored = current_credential(sqlite_register, "12/2567")
    assert sqlite_office.issue(credential()).data == stored
    assert sqlite_office.issue(credential(licenseNumber="13/2567")).status_code == 201
    report = send(sqlite_register, row("12/2567"), row("13/2567"))
    assert [plan.outcome for plan in rows_in(sqlite_register, report)] == ["unchanged", "unchanged"]
    # And an act of the API is that of the authority's data, not an officer's decision.
    assert find(sqlite_register, "13/2567").decision is None


def test_asking_again_hands_out_the_same_credential(office: Office, register: Register, clock: Clock) -> None:
    first = office.issue(credential())
    before = table_sizes(register)
    confirmed_at = find(register, "12/2567").confirmed_at
    clock.pass_by(hours=2)
    again = office.issue(credential())
    assert (again.status_code, again.data) == (201, first.data)
    # The credential itself, sent back without its proof, is the same request.
    whole = first.get_json(force=True)
    del whole["proof"]
    assert office.issue(whole).data == first.data
    # What changes nothing writes nothing.
    assert table_sizes(register) == before
    assert find(register, "12/2567").confirmed_at == confirmed_at


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"expiresOn": "2028-02-28"}, ActKind.RENEW),
        ({"expiresOn": "2027-01-31"}, ActKind.CORRECT),
        ({"condition": ["ห้ามใช้เสียงดัง"]}, ActKind.AMEND),
    ],
)
def test_a_change_is_recorded_as_of_a_file(
    office: Office, register: Register, change: dict[str, Any], kind: ActKind
) -> None:
    first = office.issue(credential())
    second = office.issue(credential(**change))
    assert second.status_code == 201
    assert second.data != first.data
    assert [item.kind for item in find(register, "12/2567").history.acts] == [ActKind.GRANT, kind]
    old, new = credentials(register, "12/2567")
    assert (bit(register, old, "revocation"), bit(register, new, "revocation")) == (True, False)
    assert verdict(register, second.data).in_force.code == "active"
    assert verdict(register, first.data).in_force.code == "withdrawn"


def test_a_person_is_masked_as_in_a_file(sqlite_office: Office, sqlite_register: Register) -> None:
    person = {"type": "Person", "fullName": {"th": "นายสมชาย ใจดีมาก"}}
    answer = sqlite_office.issue(credential(licensee=[person]))
    assert answer.status_code == 201
    assert "สมชาย" not in answer.data.decode()
    assert answer.get_json(force=True)["credentialSubject"]["licensee"][0]["fullName"] == {"th": "นายส*** ใจ***"}
    licensee = find(sqlite_register, "12/2567").license.licensees[0]
    assert isinstance(licensee, Person)
    assert str(licensee.name) == "นายสมชาย ใจดีมาก"
    # What was handed out comes back: it is the licence, and its mask is no new name.
    masked = answer.get_json(force=True)
    del masked["proof"]
    assert sqlite_office.issue(masked).data == answer.data
    assert sqlite_office.issue(credential(licensee=[person])).data == answer.data


def test_a_licence_of_as_many_licensees_as_may_be_is_issued_and_genuine(
    sqlite_office: Office, sqlite_register: Register
) -> None:
    """More than a general JSON-LD processor is asked of strangers."""
    persons = [
        {"type": "Person", "fullName": {"th": f"นาย{THAI[n // 10]}มชาย {THAI[n % 10]}นดี"}} for n in range(MAX_ITEMS)
    ]
    answer = sqlite_office.issue(credential(licensee=persons))
    assert answer.status_code == 201, answer.data.decode()
    assert len(answer.get_json(force=True)["credentialSubject"]["licensee"]) == MAX_ITEMS
    assert verdict(sqlite_register, answer.data).verified


def test_a_licence_credential_in_a_jws(sqlite_office: Office, sqlite_register: Register) -> None:
    answer = sqlite_office.issue(credential(), format="application/vc+jwt")
    assert answer.status_code == 201
    envelope = answer.get_json()
    assert envelope["type"] == "EnvelopedVerifiableCredential"
    assert verdict(sqlite_register, answer.data).genuine.answer == "yes"
    assert verdict(sqlite_register, answer.data).in_force.code == "active"
    with_proof = sqlite_office.issue(credential()).get_json()
    assert with_proof == json.loads(current_credential(sqlite_register, "12/2567"))
    act(sqlite_register, "12/2567", ActKind.SUSPEND)
    assert verdict(sqlite_register, answer.data).in_force.code == "suspended"


def test_a_renewed_licence_must_be_there(sqlite_office: Office) -> None:
    renewing = credential(renews=str(iri("11/2566")))
    assert "11/2566" in problem(sqlite_office.issue(renewing), 409, "not-issued")["detail"]
    assert sqlite_office.issue(credential(licenseNumber="11/2566")).status_code == 201
    answer = sqlite_office.issue(renewing)
    assert answer.get_json(force=True)["credentialSubject"]["renews"] == str(iri("11/2566"))


def test_numbers_that_start_again_each_year(sqlite_office: Office, sqlite_register: Register) -> None:
    advert = {"licenseType": f"{BASE}/def/license-type/{ADVERT}", "licenseNumber": "45", "licensee": None}
    for year in ("2023", "2024"):
        answer = sqlite_office.issue(credential(**advert, issuedOn=f"{year}-01-05", effectiveFrom=None))
        assert answer.status_code == 201
    assert find(sqlite_register, iri("45", "be2567", license_type=ADVERT)).license.number == "45"
    undated = credential(**advert, issuedOn=None, effectiveFrom=None)
    assert problem(sqlite_office.issue(undated), 400, "claim-refused")["pointer"] == "/credentialSubject/issuedOn"


def test_what_arrived_is_kept(sqlite_office: Office, sqlite_register: Register) -> None:
    body = json.dumps({"credential": credential()}).encode()
    sqlite_office.ask(body)
    with sqlite_register.database.reading() as session:
        assert session.scalars(select(ReceivedFileRow.body)).all() == [body]
        assert session.scalars(select(BatchRow.channel)).all() == ["api"]
        assert session.scalar(select(func.count()).select_from(CredentialRow)) == 1
    # It is no file: nothing to list, nothing to repair, and no mapping for the next file.
    assert batches(sqlite_register) == []
    with pytest.raises(NoSuchBatch):
        list(rows_of(sqlite_register, 1))
    report = send(sqlite_register, row("12/2567"))
    assert [plan.outcome for plan in rows_in(sqlite_register, report)] == ["unchanged"]


def test_what_looks_unusual_is_told_in_a_header(office: Office, register: Register) -> None:
    complete = credential(faceItem=[{"code": "area", "value": "20"}])
    assert "Findings" not in office.issue(complete).headers
    answer = office.issue(credential(licenseNumber="๑๒/๒๕๖๗", expiresOn=None))
    assert answer.status_code == 201
    told = answer.headers["Findings"].split(", ")
    assert "number-similar" in told
    assert "expiry-missing" in told
    with register.database.reading() as session:
        assert sorted(session.scalars(select(FindingRow.code))) == sorted(told)


def test_a_number_of_another_form_is_told_each_time(sqlite_office: Office) -> None:
    strange = credential(licenseNumber="ABC-9")
    for _ in range(2):
        answer = sqlite_office.issue(strange)
        assert "number-unusual" in answer.headers["Findings"].split(", ")


@pytest.mark.parametrize("number", ["01", "๑", "+1", "1.0", "0", "-1", "9999999999", "99"])
def test_a_status_list_has_one_address(sqlite_office: Office, number: str) -> None:
    sqlite_office.issue(credential())
    assert sqlite_office.client.get(f"/status/{TOWN}/revocation/1").status_code == 200
    assert sqlite_office.client.get(f"/status/{TOWN}/revocation/{number}").status_code == 404


def test_the_page_takes_a_file_or_a_text_and_never_one_of_two(sqlite_office: Office) -> None:
    licence = sqlite_office.issue(credential()).data
    both = sqlite_office.client.post(
        "/verify?lang=en", data={"file": (BytesIO(licence), "licence.json"), "text": licence.decode()}
    )
    assert 'role="alert"' in both.text
    assert "Send one of the two" in both.text
    assert 'class="verdict"' not in both.text
    neither = sqlite_office.client.post("/verify?lang=en", data={"text": " "})
    assert "Type a number or name" in neither.text.partition('role="alert"')[2]


def test_a_licence_in_a_jws_can_be_chosen_as_a_file(sqlite_office: Office) -> None:
    envelope = sqlite_office.issue(credential(), format="application/vc+jwt").get_json()
    token = envelope["id"].partition(",")[2].encode()
    assert ".jwt" in sqlite_office.client.get("/verify").text.partition('accept="')[2].partition('"')[0].split(",")
    page = sqlite_office.client.post("/verify?lang=en", data={"file": (BytesIO(token), "licence.jwt")})
    assert 'class="band good"' in page.text
