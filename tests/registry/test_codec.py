"""Nouns to JSON text and back: nothing is lost, and the same value is always the same text."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from cattrs import ForbiddenExtraKeysError
from hypothesis import given
from hypothesis import strategies as st

from registry.codec import Codec
from tests.registry.small import BASE, iri
from vocab.authority import (
    Disclosure,
    FaceField,
    FaceItem,
    GazetteAnnouncement,
    LegalProvision,
    Level,
    LicenseType,
    LicensingAuthority,
    Mandate,
    NumberingScheme,
    Scope,
)
from vocab.history import Act, ActKind
from vocab.iri import LicenseIri
from vocab.license import Address, License, LocalText, Organization, Particular, Person, Premises, Term

CODEC = Codec(BASE)
OTHER_CODEC = Codec("https://other.example.go.th")

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
words = st.text("กขค๑๒abc/ .", min_size=1, max_size=8).filter(lambda text: bool(text.strip(" .")))
days = st.dates(date(1900, 1, 1), date(2400, 1, 1))
instants = st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
codes = st.from_regex(r"x-[a-z0-9]{2,16}", fullmatch=True)
local_texts = st.builds(LocalText, th=words, en=texts) | st.builds(LocalText, en=words)
iris = st.builds(iri, words, st.none() | st.sampled_from(["be2567", "o1204.be2567", "d2024-03-01"]))
terms = st.one_of(
    st.builds(Term, valid_from=st.none() | days, no_expiry=st.booleans()),
    st.tuples(days, days).map(lambda pair: Term(valid_from=min(pair), expires_on=max(pair))),
    st.builds(Term, expires_on=days),
)
addresses = st.builds(Address, street=texts, subdistrict=texts, district=texts, province=texts, postal_code=texts)
licenses = st.builds(
    License,
    iri=iris,
    number_as_received=texts,
    licensees=st.lists(
        st.builds(Organization, name=local_texts, juristic_id=texts) | st.builds(Person, name=local_texts), max_size=2
    ).map(tuple),
    premises=st.lists(
        st.builds(Premises, name=st.none() | local_texts, address=addresses, latitude=texts), max_size=2
    ).map(tuple),
    activities=st.lists(local_texts, max_size=2).map(tuple),
    conditions=st.lists(texts, max_size=2).map(tuple),
    particulars=st.lists(st.builds(Particular, code=texts, label=local_texts, value=texts), max_size=2).map(tuple),
    issued_on=st.none() | days,
    term=terms,
    renews=st.none() | iris,
    aliases=st.lists(texts, max_size=2).map(tuple),
)
acts = st.one_of(
    st.builds(
        Act,
        number=st.integers(1, 99),
        kind=st.just(ActKind.GRANT),
        effective_on=st.none() | days,
        recorded_at=instants,
        by=codes,
        term=st.none() | terms,
    ),
    st.builds(
        Act,
        number=st.integers(1, 99),
        kind=st.just(ActKind.RENEW),
        effective_on=days,
        recorded_at=instants,
        by=codes,
        successor=st.none() | iris,
    ),
    st.builds(
        Act,
        number=st.integers(1, 99),
        kind=st.just(ActKind.CORRECT),
        effective_on=days,
        recorded_at=instants,
        by=codes,
        voids=st.integers(1, 99),
        order=texts,
        reason=texts,
    ),
    st.builds(
        Act,
        number=st.integers(1, 99),
        kind=st.just(ActKind.SUSPEND),
        effective_on=days,
        recorded_at=instants,
        by=codes,
        decided_on=st.none() | days,
    ),
)
provisions = st.builds(LegalProvision, code=texts, title=local_texts, section=texts)
items = st.one_of(
    st.builds(
        FaceItem,
        field=st.sampled_from([item for item in FaceField if item is not FaceField.PARTICULAR]),
        label=local_texts,
        required=st.booleans(),
        disclosure=st.sampled_from(Disclosure),
    ),
    st.builds(FaceItem, field=st.just(FaceField.PARTICULAR), label=local_texts, code=words),
)
nouns: dict[type, st.SearchStrategy[Any]] = {
    License: licenses,
    Act: acts,
    LicensingAuthority: st.builds(
        LicensingAuthority,
        code=codes,
        name=local_texts,
        level=st.sampled_from(Level),
        other_codes=st.lists(codes, max_size=2).map(tuple),
        ministry=st.none() | local_texts,
    ),
    LicenseType: st.builds(
        LicenseType,
        code=st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True),
        name=local_texts,
        legal_basis=st.lists(provisions, max_size=2).map(tuple),
        face=st.lists(items, max_size=3).map(tuple),
        display_required=st.none() | st.booleans(),
    ),
    Mandate: st.builds(
        Mandate,
        authority=codes,
        type=words,
        scheme=st.builds(
            NumberingScheme, pattern=st.sampled_from(["", r"\d+"]), scope=st.frozensets(st.sampled_from(Scope))
        ),
    ),
    GazetteAnnouncement: st.builds(
        GazetteAnnouncement,
        code=words,
        title=local_texts,
        types=st.lists(words, max_size=2).map(tuple),
        gazette_ref=texts,
        published_on=st.none() | days,
        in_force_from=st.none() | days,
        online_copy=texts,
    ),
}


@pytest.mark.parametrize("noun", list(nouns), ids=lambda noun: noun.__name__)
def test_every_noun_comes_back_as_it_was(noun: type) -> None:
    @given(nouns[noun])
    def comes_back(value: Any) -> None:
        text = CODEC.dump(value)
        assert CODEC.load(text, noun) == value
        assert CODEC.dump(CODEC.load(text, noun)) == text

    comes_back()


@given(iris)
def test_iris_are_stored_without_the_base(value: LicenseIri) -> None:
    text = CODEC.dump(value)
    assert BASE not in text
    assert OTHER_CODEC.load(text, LicenseIri).tail == value.tail


def test_a_person_and_an_organization_of_one_name_stay_apart() -> None:
    name = LocalText(th="สมชาย")
    for licensee in (Person(name=name), Organization(name=name)):
        license = License(iri=iri("1"), number_as_received="1", licensees=(licensee,))
        assert CODEC.load(CODEC.dump(license), License).licensees == (licensee,)


def test_unknown_keys_are_refused() -> None:
    with pytest.raises(ForbiddenExtraKeysError):
        CODEC.load('{"th": "ก", "de": "x"}', LocalText)
