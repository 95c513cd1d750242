"""An authority's own system that speaks to the register by API: what it sends, and what it is answered."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry.register import Register
from registry.tokens import TokenScope, new_token
from tests.registry.small import (
    BASE,
    FOOD,
    TOWN,
)

DID = f"did:web:registry.example.go.th:auth:{TOWN}"
FACE: dict[str, Any] = {
    "type": "License",
    "licenseNumber": "12/2567",
    "licenseType": f"{BASE}/def/license-type/{FOOD}",
    "licensee": [{"type": "Organization", "legalName": {"th": "บริษัท ตัวอย่าง จำกัด"}}],
    "premises": [{"type": "Premises", "placeName": {"th": "ร้านตัวอย่าง"}, "address": {"province": "นครพนม"}}],
    "issuedOn": "2024-03-01",
    "effectiveFrom": "2024-03-01",
    "expiresOn": "2027-02-28",
}


def credential(**changes: Any) -> dict[str, Any]:
    """An unsecured licence credential; `changes` are those of its face."""
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2", f"{BASE}/ctx/license/v1"],
        "type": ["VerifiableCredential", "LicenseCredential"],
        "issuer": DID,
        "credentialSubject": {key: value for key, value in {**FACE, **changes}.items() if value is not None},
    }


@dataclass
class Office:
    """An authority's own system, with its token."""

    client: FlaskClient
    token: str

    def ask(self, body: Any) -> TestResponse:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        # A client of its own: one is not for several threads.
        return self.client.application.test_client().post(
            "/credentials/issue", data=raw, headers=headers, content_type="application/json"
        )

    def issue(self, document: Any, **options: Any) -> TestResponse:
        return self.ask({"credential": document, **({"options": options} if options else {})})


def office_of(client: FlaskClient, register: Register, authority: str) -> Office:
    _, token = new_token(register, authority, [TokenScope.ISSUE], register.now() + timedelta(days=9))
    return Office(client, token)


def problem(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    body: dict[str, Any] = answer.get_json(force=True)
    assert body["type"] == f"/problems/{code}"
    return body
