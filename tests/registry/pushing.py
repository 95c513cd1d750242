"""An authority's own system that pushes licences, decisions and files to `/api/v1`."""

import json
from collections.abc import Iterable
from datetime import timedelta
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from registry.register import Register
from registry.tokens import TokenScope, new_token
from tests.registry.small import FOOD, TOWN

PATH = f"/api/v1/licenses/{TOWN}/{FOOD}/12~2F2567"
LICENSE: dict[str, Any] = {
    "licensee": "บริษัท ตัวอย่าง จำกัด",
    "premises": "ร้านตัวอย่าง",
    "province": "นครพนม",
    "issued_on": "2024-03-01",
    "valid_from": "2024-03-01",
    "expires_on": "2027-02-28",
    "particulars": {"area": "20"},
}


class System:
    """An authority's own system, with a token of some scopes."""

    def __init__(self, client: FlaskClient, register: Register, authority: str = TOWN, *scopes: TokenScope) -> None:
        granted = scopes or (TokenScope.PUBLISH,)
        _, token = new_token(register, authority, granted, register.now() + timedelta(days=400))
        self.client, self.headers = client, {"Authorization": f"Bearer {token}"}

    def put(self, body: Any, path: str = PATH, **headers: str) -> TestResponse:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.client.put(path, data=data, headers=sent, content_type="application/json")

    def get(self, path: str = PATH, **headers: str) -> TestResponse:
        return self.client.get(path, headers={**self.headers, **headers})

    def send_lines(self, lines: Iterable[Any], authority: str = TOWN, license_type: str = FOOD) -> TestResponse:
        """Licences one a line; a line may be bytes that are no JSON."""
        body = b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)
        return self.client.post(
            f"/api/v1/licenses/{authority}/{license_type}",
            data=body,
            headers=self.headers,
            content_type="application/jsonl",
        )

    def record(self, decision: Any, **headers: str) -> TestResponse:
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        data = decision if isinstance(decision, bytes) else json.dumps(decision).encode()
        return self.client.post("/api/v1/acts", data=data, headers=sent, content_type="application/json")

    def upload(self, body: bytes, name: str = "list.csv", key: str = "", **fields: str) -> TestResponse:
        """A file in a form."""
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {})}
        # Not by the test client, which leaves large ones in open files.
        boundary, data = encode_multipart({"file": FileStorage(BytesIO(body), name), "type": FOOD, **fields})
        media_type = f"multipart/form-data; boundary={boundary}"
        return self.client.post("/api/v1/batches", data=data, headers=headers, content_type=media_type)

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.client.post(path, data=json.dumps(body) if body is not None else b"", headers=sent)
