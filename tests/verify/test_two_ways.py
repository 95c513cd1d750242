"""The quick way and the general way give the same verdict: on every vector, good or bad, and on whatever is made of them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issuers.secure import serialize
from tests.builders import NOW, forge, make_authority, make_credential, make_draft
from tests.vectors import make
from verify import canonical
from verify.compiled import NotCompiled
from verify.errors import CouldNotCheck, VerificationError
from verify.trust import parse_trust
from verify.verifier import examine

VECTORS = Path(make.__file__).parent
TRUST = parse_trust((VECTORS / "trust.json").read_bytes())
PATHS = sorted([*(VECTORS / "good").glob("*.json"), *(VECTORS / "bad").glob("*.json")])
SIGNER = make_authority().signer
VALUES: tuple[Any, ...] = (
    *(None, "", [], {}, 0, 1, 1.5, True, False, "x", "TH", "th", "urn:x:1", "relative", "2026-01-01", "did:web:a"),
    *(["x"], ["x", "x"], [None], [[]], {"th": "x"}, {"TH": "x"}, {"th": ["x"]}, {"th": ["x", "y"]}, {"@none": "x"}),
    *({"@value": "x"}, {"@value": "x", "@language": "th"}, {"@value": "x", "@language": "TH"}, {"@id": "urn:x:1"}),
    *({"id": "urn:x:9"}, {"id": "urn:x:9", "type": "Person"}, [{"id": "urn:x:9", "type": "Person"}], {"@list": ["x"]}),
)
KEYS = (*("id", "type", "name", "noExpiry", "renews", "alias", "activity", "premises", "validUntil", "expires"), "@id")


@contextmanager
def general_way_only() -> Iterator[None]:
    def refuse(*_: object) -> None:
        raise NotCompiled("not today")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(canonical, "compiled_context", refuse)
        yield


def both(raw: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parts of the verdict by either way, without what they say for engineers."""
    quick = codes(raw)
    with general_way_only():
        return quick, codes(raw)


def codes(raw: bytes) -> dict[str, Any]:
    found = examine(raw, TRUST, NOW).to_json()
    for part in found.values():
        for each in part if isinstance(part, list) else [part]:
            if isinstance(each, dict):
                each.pop("detail", None)
    return found


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_on_every_vector(path: Path) -> None:
    quick, general = both(path.read_bytes())
    assert quick == general


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    for key, item in list(value.items()) if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(item, dict | list):
            yield from places(item)


def mutated(document: Any, data: st.DataObject) -> Any:
    """`document` with one member changed, taken out, added, renamed or swapped for another."""
    found = list(places(document))
    holder, key = data.draw(st.sampled_from(found))
    match data.draw(st.sampled_from(["set", "set", "drop", "add", "rename", "swap"])):
        case "drop":
            del holder[key]
        case "add" if isinstance(holder, dict):
            holder[data.draw(st.sampled_from(KEYS))] = data.draw(st.sampled_from(VALUES))
        case "rename" if isinstance(holder, dict):
            holder[data.draw(st.sampled_from(KEYS))] = holder.pop(key)
        case "swap":
            other, place = data.draw(st.sampled_from(found))
            holder[key], other[place] = json.loads(json.dumps(other[place])), json.loads(json.dumps(holder[key]))
        case _:
            holder[key] = data.draw(st.sampled_from(VALUES))
    return document


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_on_what_a_forger_makes_of_a_credential(data: st.DataObject) -> None:
    quick, general = both(serialize(mutated(json.loads(make_credential()), data)))
    assert quick == general


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_on_what_an_authority_signs_in_any_form(data: st.DataObject) -> None:
    """The signature fits: only the form and what it says are left to judge."""
    draft = mutated(json.loads(serialize(make_draft())), data)
    try:
        raw = forge(draft, SIGNER)
    except (VerificationError, CouldNotCheck, KeyError):
        # No canonical form, or no context at all: nobody can sign it.
        return
    quick, general = both(raw)
    assert quick == general
