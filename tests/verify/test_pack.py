"""Inspector packs: the vectors, what was altered, deltas, and the answers of a pack as trust."""

import json
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuers.pack import BITS_AN_ID, MOST_IDS, ListBits, filters, packed_parts
from tests.builders import BASE, NOW, SIGNED_AT, make_authority, make_credential, make_draft, make_entries, sign
from tests.codes import (
    CHECK_ID,
    ONE,
    OTHER,
    OTHER_ID,
    REVOKED,
    SUSPENDED,
    code,
    code_signer,
    compact,
    ed25519,
    p256_signer,
)
from tests.packs import KEY, MADE, OTHER_KEY, STALE, UNTIL, bits, contents, manifest, pack, packed, written
from tests.vectors import packs
from verify import cbor
from verify.errors import CouldNotCheck, PackMalformed, PackOfAnotherKey, PackOlder, PackRefused, StatusUnavailable
from verify.manifest import ISSUED, OTHER_KEYS, fingerprint, open_manifest, split_whole, whole
from verify.pack import PackedKey, is_in, read_pack
from verify.scanned import examine_code
from verify.trust import CODES, CREDENTIALS, STATUS_LISTS
from verify.verdict import Answer, ExitCode
from verify.verifier import examine

STORED: dict[str, Any] = json.loads(packs.PATH.read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", STORED["packs"], ids=lambda each: each["name"])
def test_a_vector_has_the_answer_that_names_it(vector: dict[str, Any]) -> None:
    found = packs.answered(bytes.fromhex(vector["manifest"]), vector["parts"])
    assert found["answer"] == vector["name"].partition("--")[0]
    assert found == {key: vector[key] for key in ("answer", "verdicts") if key in vector}


def test_the_vectors_are_those_that_the_script_makes() -> None:
    assert packs.made() == STORED
    assert len({each["name"] for each in STORED["packs"]}) == len(STORED["packs"])


def test_the_same_contents_are_the_same_bytes() -> None:
    assert written()[2] == written(contents(ids=(OTHER_ID, CHECK_ID)))[2]


def test_an_old_pack_and_what_it_lacks_are_the_new_one_byte_for_byte() -> None:
    old, had, _ = written()
    new, parts, expected = written(contents(revoked=(REVOKED[1], 7)), made=NOW)
    lacking = new.lacking(had)
    # Only the bits have changed; neither authorities nor keys, names, instants or the filter.
    assert [part.kind for part in lacking] == [4]
    assert sum(part.size for part in lacking) < new.size / 2
    fetched = {part.sha256: parts[part.sha256] for part in lacking}
    assert whole(new, had | fetched) == expected
    assert examine_code(code(), read_pack(old, had), NOW).in_force.code == "active"
    assert examine_code(code(), read_pack(new, had | fetched), NOW).in_force.code == "withdrawn"
    with pytest.raises(PackOlder):
        open_manifest(old.raw, NOW, held=new.made)


def test_a_pack_is_split_into_what_it_was_put_together_of() -> None:
    found, parts, raw = written()
    assert split_whole(raw) == (found.raw, parts)
    for wrong in (b"", b"\x80", b"\x81\x01", raw[:-1], b"<html>"):
        with pytest.raises(PackMalformed):
            split_whole(wrong)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused(raw: bytes) -> None:
    with pytest.raises(PackRefused):
        open_manifest(raw, NOW)
    with pytest.raises(PackRefused):
        open_manifest(split_whole(raw)[0], NOW)


def test_a_key_is_pinned_by_itself_or_by_its_fingerprint() -> None:
    raw = manifest(packed_parts(contents()))
    told = fingerprint(ed25519(KEY))
    assert len(told.split()) == 8
    for given_as in (told, told.replace(" ", ""), told.upper(), told.replace(" ", ":")):
        assert open_manifest(raw, NOW, fingerprint_of_key=given_as).key == ed25519(KEY)
    for wrong in ({"key": ed25519(OTHER_KEY)}, {"fingerprint_of_key": fingerprint(ed25519(OTHER_KEY))}):
        with pytest.raises(PackOfAnotherKey, match=told):
            open_manifest(raw, NOW, **wrong)
    for none in ("", " ", "zz", told[:-1], f"{told}0", f"z{told[1:]}"):
        with pytest.raises(ValueError, match="32 hexadecimal digits"):
            open_manifest(raw, NOW, fingerprint_of_key=none)


def test_a_pack_answers_as_trust_data_does() -> None:
    found = examine_code(code(), pack(), NOW)
    assert (found.exit_code, found.as_of) == (ExitCode.GENUINE_AND_IN_FORCE, MADE)
    assert "since-then" in {part.code for part in found.not_checked}
    assert examine_code(code(compact(status=REVOKED)), pack(), NOW).exit_code is ExitCode.NOT


def test_what_a_pack_does_not_allow_could_not_be_checked() -> None:
    with pytest.raises(CouldNotCheck):
        pack().stranger("did:web:elsewhere.example", NOW)
    with pytest.raises(StatusUnavailable):
        pack().known_list(f"{BASE}/status/dep-0706/revocation/1", NOW)
    assert pack().known_list("https://elsewhere.example/1", NOW) is None
    with pytest.raises(CouldNotCheck):
        pack().status_list("https://elsewhere.example/1", NOW)
    assert not pack().recorded_before({}, NOW)


def test_a_pack_judges_credentials_too() -> None:
    found = examine(make_credential(), pack(), NOW)
    assert (found.exit_code, found.as_of) == (ExitCode.GENUINE_AND_IN_FORCE, MADE)
    withdrawn = examine(make_credential(), pack(contents(revoked=(make_entries()[0].index,))), NOW)
    assert (withdrawn.exit_code, withdrawn.in_force.code) == (ExitCode.NOT, "withdrawn")
    late = examine(make_credential(), pack(), NOW + timedelta(days=8))
    assert (late.genuine.answer, late.in_force.code) == (Answer.YES, "status-unavailable")


@pytest.mark.parametrize(
    ("keys", "answer", "code"),
    [
        ([], Answer.UNKNOWN, "key-unknown"),
        ([packed(ONE)], Answer.UNKNOWN, "key-unknown"),
        ([packed(ONE, CREDENTIALS, code_signer(ONE, "stranger"))], Answer.NO, "issuer-mismatch"),
        ([packed(OTHER, CREDENTIALS, ONE.signer)], Answer.NO, "issuer-mismatch"),
        ([packed(ONE, STATUS_LISTS, ONE.signer)], Answer.NO, "key-not-usable"),
        ([packed(ONE, CODES, ONE.signer)], Answer.NO, "key-not-usable"),
        ([packed(ONE, CREDENTIALS, ONE.signer, revoked=NOW)], Answer.NO, "key-not-usable"),
        ([packed(ONE, CREDENTIALS, ONE.signer, expires=SIGNED_AT - timedelta(seconds=1))], Answer.NO, "key-not-usable"),
        ([packed(ONE, CREDENTIALS, ONE.signer, expires=SIGNED_AT)], Answer.YES, "signed-by-authority"),
    ],
)
def test_a_key_for_credentials_is_its_owners_and_for_nothing_else(
    keys: list[PackedKey], answer: Answer, code: str
) -> None:
    found = examine(make_credential(), pack(contents(keys=keys)), NOW).genuine
    assert (found.answer, found.code) == (answer, code)


def test_a_key_on_another_curve_is_read_too() -> None:
    signer = p256_signer()
    keys = [packed(ONE, CREDENTIALS, signer)]
    assert (
        examine(sign(make_draft(), signer), pack(contents(keys=keys)), NOW).exit_code is ExitCode.GENUINE_AND_IN_FORCE
    )


def test_what_was_signed_when_the_pack_was_made_may_be_by_what_is_newer() -> None:
    """All is published before it is used: what is missing here is nobody's only of what is older than the pack."""
    newcomer = make_authority("lao-05480115")
    no_key = pack(contents(keys=[packed(OTHER, CREDENTIALS, OTHER.signer)]))
    for before, expected in ((timedelta(seconds=1), Answer.NO), (timedelta(), Answer.UNKNOWN)):
        made = MADE - before
        late_key = examine(sign(make_draft(), ONE.signer, created=made), no_key, NOW)
        assert late_key.genuine.answer is expected
        late_authority = examine(sign(make_draft(authority=newcomer), newcomer.signer, created=made), pack(), NOW)
        assert late_authority.genuine.answer is expected
        assert late_authority.genuine.code == ("unknown-issuer" if before else "key-unknown")
    abroad = make_authority(base="https://elsewhere.example")
    draft = make_draft() | {"issuer": abroad.did}
    assert examine(sign(draft, abroad.signer, created=NOW), pack(), NOW).genuine.code == "unknown-issuer"


def test_a_file_that_is_no_pack_costs_little() -> None:
    for raw in (
        b"\x9a\x03\xff\xff\xfb" + b"\x80" * 0x3FFFFFB,
        b"\x81\x9a\x00\xff\xff\xff" + b"\x00" * 0xFFFFFF,
        b"\xbb",
    ):
        before = time.process_time()
        with pytest.raises(PackMalformed):
            split_whole(raw)
        assert time.process_time() - before < 1


def test_a_list_of_another_authority_or_for_another_purpose_says_nothing() -> None:
    trust = pack(contents(extra=[ListBits(OTHER.code, "revocation", 1, bits(), MADE, UNTIL)]))
    own, foreign = make_entries(ONE.code)[0], make_entries(OTHER.code)[0]
    for entry in (foreign, replace(own, purpose="suspension")):
        found = examine(sign(make_draft(status=[entry]), ONE.signer), trust, NOW)
        assert found.genuine.answer is Answer.YES
        assert (found.in_force.answer, found.in_force.code) == (Answer.UNKNOWN, "status-unavailable")


@pytest.mark.parametrize(
    "changed",
    [
        {5: 3},
        {2: "z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc"},
        {2: "z"},
        {1: "dep-9999"},
        {6: 1},
    ],
)
def test_a_key_that_is_none_is_refused(changed: dict[int, Any]) -> None:
    said: dict[int, Any] = {1: ONE.code, 2: ONE.signer.public_multibase, 5: 1}
    parts = packed_parts(contents())
    for altered in ({**said, **changed}, {key: said[key] for key in (1, 2)}):
        other = parts | {(OTHER_KEYS, 0): cbor.encoded([altered])}
        opened = open_manifest(manifest(other), NOW)
        with pytest.raises(PackMalformed):
            read_pack(opened, {part.sha256: other[part.kind, part.index] for part in opened.parts})


def test_lists_end_by_themselves() -> None:
    late = NOW + timedelta(days=8)
    assert examine_code(code(), pack(), late).in_force.code == "status-unavailable"
    # What was withdrawn stays so; a suspension may have ended since.
    withdrawn = examine_code(code(compact(status=REVOKED)), pack(), late)
    assert (withdrawn.exit_code, withdrawn.in_force.code, withdrawn.as_of) == (ExitCode.NOT, "withdrawn", MADE)
    suspended = examine_code(code(compact(status=SUSPENDED)), pack(), late)
    assert (suspended.in_force.answer, suspended.in_force.code) == (Answer.UNKNOWN, "was-suspended")
    assert (suspended.exit_code, suspended.as_of) == (ExitCode.COULD_NOT_CHECK, MADE)


def test_a_filter_knows_all_its_ids_and_few_others() -> None:
    ids = [f"{n:026d}" for n in range(20_000)]
    found = filters(ids)
    assert sum(map(len, found)) <= len(ids) * BITS_AN_ID / 8 + len(found)
    assert len(found) == 8
    assert all(is_in(found, each) for each in ids)
    wrong = sum(is_in(found, f"{n:026d}") for n in range(20_000, 40_000))
    # One in 100 is promised; 0.82 in 100 is expected.
    assert wrong < 200


def test_more_ids_than_a_phone_should_fetch_have_no_filter() -> None:
    class Many(list[str]):
        def __len__(self) -> int:
            return MOST_IDS + 1

    what = contents()
    object.__setattr__(what, "ids", Many())
    assert not any(kind == ISSUED for kind, _ in packed_parts(what))
    assert pack(contents(ids=None)).may_be_issued(CHECK_ID[::-1])


def test_the_manifest_says_how_much_there_is_to_fetch() -> None:
    found, parts, _ = written()
    assert found.size == sum(map(len, parts.values()))
    assert found.stale_after == STALE
    assert found.lacking([]) == list(found.parts)
    assert found.lacking(parts) == []
