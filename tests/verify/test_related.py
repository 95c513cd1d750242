"""`relatedResource`: each has a URL of its own and a digest; what we have is compared, the rest is told as not checked."""

import base64
import hashlib
from typing import Any

import pytest

from tests.strangers import issue, make_vc, verdict
from verify.errors import MalformedCredential
from verify.multikey import multibase58, multibase64url
from verify.related import require_related
from vocab.contexts import credentials_v2_bytes, license_context_bytes
from vocab.terms import CREDENTIALS_V2

BODY = credentials_v2_bytes()
SHA256 = hashlib.sha256(BODY).digest()
MULTIHASH = b"\x12\x20" + SHA256
ELSEWHERE = "https://example.org/picture.png"


def sri(body: bytes = BODY, name: str = "sha384") -> str:
    return f"{name}-{base64.b64encode(hashlib.new(name, body).digest()).decode()}"


def checked(*resources: Any) -> tuple[str, ...]:
    return require_related({"relatedResource": list(resources)})


@pytest.mark.parametrize(
    "digest",
    [
        *({"digestSRI": sri(name=name)} for name in ("sha256", "sha384", "sha512")),
        {"digestSRI": f"{sri(name='sha256')} {sri()}"},
        {"digestSRI": [sri(), sri(name="sha512")]},
        {"digestSRI": f"{sri()}?ct=application/ld+json"},
        {"digestMultibase": multibase64url(MULTIHASH)},
        {"digestMultibase": multibase64url(SHA256)},
        {"digestMultibase": multibase58(MULTIHASH)},
        {"digestSRI": sri(), "digestMultibase": multibase64url(MULTIHASH)},
    ],
)
def test_a_digest_that_fits_is_accepted_in_every_form(digest: dict[str, Any]) -> None:
    assert checked({"id": CREDENTIALS_V2, **digest}) == ()


@pytest.mark.parametrize(
    "digest",
    [
        {},
        {"digestSRI": sri(license_context_bytes())},
        {"digestSRI": sri(BODY + b"\n")},
        {"digestSRI": f"{sri()} {sri(b'another')}"},
        {"digestSRI": sri(name="sha256").replace("sha256", "sha384")},
        {"digestSRI": "md5-" + base64.b64encode(hashlib.md5(BODY, usedforsecurity=False).digest()).decode()},
        {"digestSRI": ""},
        {"digestSRI": "  "},
        {"digestSRI": []},
        {"digestSRI": [""]},
        {"digestSRI": 1},
        {"digestSRI": None},
        {"digestMultibase": ""},
        {"digestMultibase": "u"},
        {"digestMultibase": "x" + multibase64url(MULTIHASH)[1:]},
        {"digestMultibase": multibase64url(SHA256) + "!!!!"},
        {"digestMultibase": multibase64url(SHA256) + "="},
        {"digestMultibase": multibase64url(hashlib.sha256(b"").digest())},
        {"digestMultibase": multibase58(SHA256)},
        {"digestMultibase": multibase58(MULTIHASH)[:-1]},
        {"digestSRI": sri(), "digestMultibase": multibase64url(hashlib.sha256(b"").digest())},
    ],
)
def test_a_digest_that_does_not_fit_is_refused(digest: dict[str, Any]) -> None:
    with pytest.raises(MalformedCredential):
        checked({"id": CREDENTIALS_V2, **digest})


@pytest.mark.parametrize(
    "resource",
    [
        CREDENTIALS_V2,
        None,
        {"digestSRI": sri()},
        {"id": None, "digestSRI": sri()},
        {"id": "relative", "digestSRI": sri()},
        {"id": ELSEWHERE},
        {"id": ELSEWHERE, "digestSRI": " "},
        {"id": [ELSEWHERE], "digestSRI": sri()},
    ],
)
def test_a_resource_has_a_url_and_a_digest_wherever_it_is(resource: Any) -> None:
    with pytest.raises(MalformedCredential):
        checked(resource)


def test_each_resource_is_named_once() -> None:
    with pytest.raises(MalformedCredential, match="twice"):
        checked({"id": ELSEWHERE, "digestSRI": sri()}, {"id": ELSEWHERE, "digestSRI": sri(b"another")})


def test_what_we_do_not_have_is_not_checked_and_the_verdict_says_so() -> None:
    resource = {"id": ELSEWHERE, "digestSRI": sri(b"nobody knows")}
    assert checked({"id": CREDENTIALS_V2, "digestSRI": sri()}, resource) == (ELSEWHERE,)
    found = verdict(issue(make_vc(relatedResource=resource)))
    assert found.verified
    assert ("related-resource", f"the digest of {ELSEWHERE}") in [
        (part.code, part.detail) for part in found.not_checked
    ]
    known = verdict(issue(make_vc(relatedResource={"id": CREDENTIALS_V2, "digestSRI": sri()})))
    assert "related-resource" not in [part.code for part in known.not_checked]
