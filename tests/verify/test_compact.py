"""The payload of a code: what is said comes back, in one spelling, and whatever is not ours is refused in our own words."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from issuers.compact import CodeKeyRefused, sealed_code
from tests.builders import BASE
from tests.codes import ADDRESS, CHECK_ID, code, code_signer, compact, ed25519, p256_signer
from verify.compact import LEFT_OUT, MAX_BYTES, Compact, from_digits, key_id, seal, split_address, to_digits, unseal
from verify.cryptosuite import require_fits
from verify.errors import CouldNotCheck, MalformedCompact, VerificationError
from verify.multikey import decode_public_key

KEY = decode_public_key(code_signer().public_multibase)
printable = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]) | st.sampled_from("\nกขค๑เแ์ Aa1🎵"), max_size=30
)
days = st.none() | st.dates()
compacts = st.builds(
    Compact,
    made=st.integers(0, 2**32 - 1).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    license_type=st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True),
    number=printable.filter(bool),
    qualifier=st.sampled_from(["", "obkk", "be2567.n2"]),
    licensees=printable,
    premises=printable,
    address=printable,
    issued_on=days,
    valid_from=days,
    expires_on=days,
    no_expiry=st.booleans(),
    status=st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)),
    left_out=st.sets(st.sampled_from(sorted(LEFT_OUT))).map(frozenset),
)


def digits(said: Compact) -> str:
    return to_digits(seal(said, ADDRESS, ed25519(code_signer()), code_signer().sign))


@given(compacts)
def test_what_is_said_comes_back(said: Compact) -> None:
    assert unseal(digits(said), ADDRESS).opened(KEY) == said


@given(compacts)
def test_one_code_has_one_spelling(said: Compact) -> None:
    found = digits(said)
    assert found.isascii()
    assert found.isdecimal()
    assert to_digits(from_digits(found)) == found
    assert digits(unseal(found, ADDRESS).opened(KEY)) == found


@given(st.binary(max_size=MAX_BYTES))
def test_bytes_are_digits_and_back(data: bytes) -> None:
    found = to_digits(data)
    assert from_digits(found) == data
    assert len(found) == len(data) // 7 * 17 + (0, 3, 5, 8, 10, 13, 15)[len(data) % 7]


@given(st.text("0123456789", max_size=120))
@settings(max_examples=1_000)
def test_digits_stand_for_no_bytes_or_are_their_one_spelling(text: str) -> None:
    try:
        assert to_digits(from_digits(text)) == text
    except MalformedCompact:
        return


@given(st.text(max_size=100) | st.text("0123456789", max_size=400) | st.binary(max_size=150).map(to_digits))
@settings(max_examples=1_000)
def test_no_other_error_than_ours(text: str) -> None:
    with pytest.raises((VerificationError, CouldNotCheck)):
        unseal(text, ADDRESS).opened(KEY)


@given(st.binary(max_size=150))
@settings(max_examples=1_000)
def test_a_signed_payload_is_read_or_refused_in_our_words(payload: bytes) -> None:
    sealed = replace(unseal(digits(compact()), ADDRESS), payload=payload)
    # As if the key had signed these bytes: reading comes after the signature.
    to_be_signed = b"anything"
    sealed = replace(sealed, to_be_signed=to_be_signed, signature=code_signer().sign(to_be_signed))
    require_fits(sealed.signature, to_be_signed, KEY, "eddsa-rdfc-2022")
    with pytest.raises((VerificationError, CouldNotCheck)):
        sealed.opened(KEY)


@pytest.mark.parametrize("text", ["a\x00b", "a\tb", "a\rb", "a\x7fb", "a\x85b", "a\u2028b", "a\ud800b"])
def test_a_text_with_control_characters_is_not_written(text: str) -> None:
    with pytest.raises(ValueError, match=r"control|surrogate"):
        digits(compact(premises=text))


@given(compacts, st.sampled_from(["made", "status"]))
def test_what_is_too_large_is_not_written(said: Compact, member: str) -> None:
    too_large: Any = datetime(2106, 2, 8, tzinfo=UTC) if member == "made" else (1, 1 << 32)
    with pytest.raises(ValueError, match="32 bits"):
        digits(replace(said, **{member: too_large}))


@pytest.mark.parametrize(
    "address", ["", f"https://a.th/C/{CHECK_ID}", f"{ADDRESS}#", f"{ADDRESS}#1", f" {ADDRESS}", "HTTPS://A.TH/C/1"]
)
def test_a_code_is_signed_for_an_address_as_it_is_printed(address: str) -> None:
    with pytest.raises((ValueError, MalformedCompact)):
        seal(compact(), address, ed25519(code_signer()), code_signer().sign)


def test_only_ed25519_signs_codes() -> None:
    with pytest.raises(CodeKeyRefused, match="Ed25519"):
        sealed_code(compact(), BASE, CHECK_ID, p256_signer())


def test_an_address_is_the_same_in_small_letters() -> None:
    scanned = code()
    assert split_address(scanned.lower()) == split_address(scanned) == (ADDRESS, scanned.partition("#")[2])


@given(st.text(max_size=60))
def test_any_other_text_is_no_address(text: str) -> None:
    assume("/C/" not in text.upper())
    with pytest.raises(MalformedCompact):
        split_address(text)


def test_a_key_is_named_by_eight_bytes() -> None:
    assert key_id(bytes(32)).hex() == "66687aadf862bd77"


def test_the_dates_of_a_licence_stand_for_themselves() -> None:
    said = compact(issued_on=date(1970, 1, 2), valid_from=date(1, 1, 1), expires_on=date(9999, 12, 31))
    assert unseal(digits(said), ADDRESS).opened(KEY) == said
