"""Whoever changes a signed credential has a credential that is not genuine; and no bytes raise anything but a verdict."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issuers.secure import serialize
from tests.builders import NOW, make_authority, make_credential, make_draft, make_license, make_trust, sign
from verify.document import parse_document
from verify.verdict import Answer
from verify.verifier import examine

RAW = make_credential()
TRUST = make_trust(live=True)  # to the register itself, a key that it does not know is a forgery
Path = tuple[str | int, ...]


def is_genuine(raw: bytes) -> bool:
    """Anything but a "no"; what cannot be read any more is no credential, of whatever kind."""
    found = examine(raw, TRUST, NOW).genuine
    return found.answer is not Answer.NO and found.code != "not-a-credential"


def document() -> dict[str, Any]:
    return parse_document(RAW)


def paths(node: object, at: Path = ()) -> Iterator[Path]:
    """Where every value of a document stands."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*at, key)
        yield from paths(value, (*at, key))


def holder(node: Any, path: Path) -> Any:
    for key in path[:-1]:
        node = node[key]
    return node


PATHS = list(paths(document()))


def test_the_untouched_credential_is_genuine() -> None:
    assert serialize(document()) == RAW
    assert is_genuine(RAW)


@pytest.mark.parametrize("part", range(8))
def test_no_byte_can_be_flipped(part: int) -> None:
    size = -(-len(RAW) // 8)
    survived = []
    for at in range(part * size, min((part + 1) * size, len(RAW))):
        for mask in {0x01, 0x20 if chr(RAW[at]).isalpha() and RAW[at] < 0x80 else 0x01}:
            changed = bytearray(RAW)
            changed[at] ^= mask
            if is_genuine(bytes(changed)):
                survived.append((at, RAW[at - 20 : at + 20]))
    assert survived == []


def test_no_member_or_item_can_be_dropped() -> None:
    survived = []
    for path in PATHS:
        node = document()
        del holder(node, path)[path[-1]]
        if is_genuine(serialize(node)):
            survived.append(path)
    assert survived == []


@pytest.mark.parametrize("value", ["", "x", None, 0, True, [], {}, ["x"], {"id": "urn:x:1"}], ids=repr)
def test_no_value_can_be_replaced(value: object) -> None:
    survived = []
    for path in PATHS:
        node = document()
        holder(node, path)[path[-1]] = value
        if is_genuine(serialize(node)):
            survived.append(path)
    assert survived == []


def test_no_text_can_be_lengthened() -> None:
    survived = []
    for path in PATHS:
        node = document()
        place = holder(node, path)
        if isinstance(place[path[-1]], str):
            for changed in (place[path[-1]] + " ", " " + place[path[-1]], place[path[-1]] + "\u200b"):
                place[path[-1]] = changed
                if is_genuine(serialize(node)):
                    survived.append((path, changed))
    assert survived == []


NAMES = ["x", "@x", "name", "id", "type", "description", "noExpiry", "evidence", "licenseStatus", "expires", "en"]


@pytest.mark.parametrize("name", NAMES)
def test_no_member_can_be_added(name: str) -> None:
    survived = []
    for path in [(), *(path for path in PATHS if isinstance(holder(document(), (*path, "")), dict))]:
        values: list[object] = ["x", None, [], True]
        for value in values:
            node = document()
            place = holder(node, (*path, name))
            if name in place:
                continue
            place[name] = value
            if is_genuine(serialize(node)):
                survived.append((path, value))
    assert survived == []


def test_no_item_can_be_added_or_said_twice() -> None:
    survived = []
    for path in PATHS:
        for twice in (True, False):
            node = document()
            place = holder(node, path)[path[-1]]
            if isinstance(place, list):
                place.append(place[0] if twice else "urn:x:1")
                if is_genuine(serialize(node)):
                    survived.append(path)
    assert survived == []


def test_no_key_can_stand_twice() -> None:
    keys = {path[-1] for path in PATHS if isinstance(path[-1], str)}
    for key in keys:
        named = json.dumps(key).encode() + b":"
        assert named in RAW
        assert not is_genuine(RAW.replace(named, named + b'"x",' + named, 1))


def test_two_texts_cannot_change_places() -> None:
    survived = []
    leaves = [path for path in PATHS if isinstance(holder(document(), path)[path[-1]], str)]
    for one, other in itertools.pairwise(leaves):
        node = document()
        first, second = holder(node, one), holder(node, other)
        if isinstance(one[-1], int) and one[:-1] == other[:-1]:
            continue  # the items of one list are a set to RDF: their order is not signed
        first[one[-1]], second[other[-1]] = second[other[-1]], first[one[-1]]
        if serialize(node) != RAW and is_genuine(serialize(node)):
            survived.append((one, other))
    assert survived == []


def test_a_proof_does_not_fit_another_credential() -> None:
    other = parse_document(sign(_draft("13/2567"), make_authority().signer))
    assert is_genuine(serialize(other))
    assert not is_genuine(serialize(other | {"proof": document()["proof"]}))


def _draft(number: str) -> dict[str, Any]:
    return make_draft(make_license(number))


@pytest.mark.parametrize("end", range(0, len(RAW), 97))
def test_no_part_is_genuine(end: int) -> None:
    assert not is_genuine(RAW[:end])
    assert not is_genuine(RAW[end + 1 :])


# Whatever the bytes, a verdict

junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.sampled_from([value for path in PATHS if isinstance(value := holder(document(), path)[path[-1]], str)]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["@id", "@type", "@value", "@language", "@context", "@graph", "@list", "id", "type", "name"]
            )
            | st.sampled_from(sorted({path[-1] for path in PATHS if isinstance(path[-1], str)})),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_any_mutation_has_a_verdict_that_is_not_genuine(data: st.DataObject) -> None:
    node = document()
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(paths(node)) or [("x",)]))
        place, value = holder(node, path), data.draw(junk)
        match data.draw(st.sampled_from(["replace", "delete", "add"])):
            case "replace":
                place[path[-1]] = value
            case "delete" if not isinstance(place, dict) or path[-1] in place:
                del place[path[-1]]
            case _ if isinstance(place, dict):
                place[data.draw(st.sampled_from(["@type", "@context", "proof", "x:y", "evidence", "renews"]))] = value
            case _:
                place.append(value)
    verdict = examine(serialize(node), TRUST, NOW)
    if verdict.genuine.answer is not Answer.NO:
        original = examine(RAW, TRUST, NOW)
        assert verdict.credential is not None
        assert original.credential is not None
        assert _as_sets(verdict.credential.unsecured) == _as_sets(original.credential.unsecured)


def _as_sets(node: object) -> object:
    """A document without the order of its lists, which is not signed."""
    if isinstance(node, dict):
        return {key: _as_sets(value) for key, value in node.items()}
    if isinstance(node, list):
        return sorted((_as_sets(item) for item in node), key=repr)
    return node


@given(st.binary(max_size=200))
def test_any_bytes_have_a_verdict(raw: bytes) -> None:
    assert not is_genuine(raw)
