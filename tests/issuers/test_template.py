"""A credential from a template has the bytes of one that was drafted and walked, or there is no template."""

import random
from dataclasses import replace
from datetime import date, timedelta

import orjson
import pytest

from issuers import template
from issuers.draft import draft_credential
from issuers.licenses import LicenseSigner
from issuers.secure import require_verifiable, sign
from issuers.template import Templates
from tests.builders import (
    BASE,
    CREDENTIAL_ID,
    FOOD,
    LAO,
    LOADER,
    SIGNED_AT,
    make_authority,
    make_entries,
    make_grantor,
    make_license,
    make_person_license,
)
from verify.canonical import canonical_nquads
from verify.document import parse_document
from vocab.graph import Grantor
from vocab.iri import license_iri
from vocab.license import Address, License, LocalText, Organization, Particular, Person, Premises, Term

GRANTOR = make_grantor()
SIGNER = make_authority().signer
TEXTS = [
    "ร้าน",
    "b",
    "é",
    "ข้าวแกง 2",
    "z",
    "A",
    "~",
    "ฮ",
    "-",
    "ก ข",
    "😀",
    "\ufffd",
    "\u00a0x",
    "38",
    "Qz1zQ",
    "3001-01-01",
]
DIRTY = ['"', "\\", "\n", "\x7f", "\uffff", "\x00"]


def made(
    templates: Templates, license: License, grantor: Grantor = GRANTOR, credential_id: str = CREDENTIAL_ID
) -> bool:
    """Whether there is a template; what comes from it is compared."""
    status = make_entries(index=random.Random(str(license.iri)).randrange(131_072))
    found = templates.unsecured(
        license, grantor, credential_id=credential_id, status=status, is_demo=False, loader=LOADER
    )
    if found is None:
        return False
    draft = draft_credential(license, grantor, credential_id=credential_id, status=status)
    assert found.json == orjson.dumps(draft)
    assert found.nquads == canonical_nquads(draft, LOADER)
    return True


class Licenses:
    """Random licences, a few shapes and many texts, so that templates are met again, with texts that coincide."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def text(self) -> str:
        if self._random.random() < 0.01:
            return self._random.choice(DIRTY)
        return "".join(self._random.choices(TEXTS, k=self._random.randint(1, 3)))

    def local(self, english: bool) -> LocalText:
        return LocalText(th=self.text(), en=self.text() if english else "")

    def several(self, at_most: int) -> tuple[str, ...]:
        return tuple(self.text() for _ in range(self._random.randint(0, at_most)))

    def license(self) -> License:
        chance = self._random
        english, full = chance.random() < 0.3, chance.random() < 0.5
        number = f"{chance.randrange(9)}{chance.choice(['/', '-', ' ', '.'])}{chance.choice(['2567', 'ก', 'a'])}"
        begins = date(2020, 1, 1) + timedelta(chance.randrange(2_000))
        company = Organization(
            name=self.local(english), juristic_id=f"010553600031{chance.randrange(3)}" if full else ""
        )
        licensees = (
            (company,),
            (Person(name=self.local(False)),),
            (company, replace(company, name=self.local(english))),
        )
        address = Address(
            street=self.text(),
            subdistrict=self.text(),
            district=self.text() if full else "",
            province=self.text(),
            postal_code="48000" if full else "",
            subdistrict_code=chance.choice(["480101", "480102"]) if full else "",
        )
        premises = Premises(name=self.local(english), address=address, latitude="17.1" if full else "")
        return License(
            iri=license_iri(BASE, LAO, FOOD, number),
            number_as_received=number if full else chance.choice([number, f" {number}"]),
            licensees=chance.choice(licensees),
            premises=(premises,) * chance.choice([1, 1, 1, 2]),
            activities=tuple(self.local(english) for _ in range(chance.choice([1, 2]))) if full else (),
            conditions=self.several(2),
            particulars=(Particular(code="area", label=self.local(english), value=self.text()),),
            issued_on=begins,
            term=Term(valid_from=begins, expires_on=begins + timedelta(chance.choice([0, 364])))
            if full
            else Term(no_expiry=True),
            renews=license_iri(BASE, LAO, FOOD, f"{number}x") if chance.random() < 0.1 else None,
            aliases=self.several(1),
        )


@pytest.mark.parametrize("seed", range(4))
def test_what_comes_from_a_template_is_what_is_drafted_and_walked(seed: int) -> None:
    licenses, templates = Licenses(seed), Templates()
    hits = sum(made(templates, licenses.license()) for _ in range(1_000))
    assert hits > 300


def test_a_shape_is_learned_when_it_is_met_again() -> None:
    templates = Templates()
    clean = replace(make_license(), premises=(), conditions=())
    assert [made(templates, clean) for _ in range(3)] == [False, True, True]
    assert made(templates, replace(clean, iri=license_iri(BASE, LAO, FOOD, "ก.9/2567")))


def test_a_person_has_another_shape_than_a_company() -> None:
    templates = Templates()
    person = replace(make_person_license(), premises=(), conditions=())
    company = replace(person, licensees=(Organization(name=person.licensees[0].name),))
    assert [made(templates, each) for each in (person, company, person, company)] == [False, False, True, True]


@pytest.mark.parametrize(
    "change",
    [
        {"conditions": ("a", "a")},
        {"conditions": ("",)},
        {"aliases": ("a", "a")},
        {"licensees": (Organization(name=LocalText(th="ก")),) * 2},
        {"licensees": tuple(Organization(name=LocalText(th=name), juristic_id="0105536000315") for name in "กข")},
        {"licensees": (Organization(name=LocalText(th="ก"), juristic_id="01055/../315"),)},
        {"activities": (LocalText(th="a"), LocalText(th="a"))},
        {"premises": (Premises(address=Address(subdistrict_code="4801x1")),)},
        *({"conditions": (text,)} for text in DIRTY),
    ],
)
def test_what_a_template_cannot_hold_is_drafted(change: dict[str, object]) -> None:
    templates = Templates()
    license = replace(make_license(), premises=(), conditions=())
    changed = replace(license, **change)  # type: ignore[arg-type]
    assert not any(made(templates, changed) for _ in range(3))


def test_a_number_that_is_not_as_received_has_another_shape() -> None:
    templates = Templates()
    license = replace(make_license(), premises=(), conditions=())
    same = replace(license, number_as_received=license.number)
    assert [made(templates, each) for each in (license, license, same, same)] == [False, True, False, True]


def test_two_grantors_do_not_share_a_template() -> None:
    templates = Templates()
    license = replace(make_license(), premises=(), conditions=())
    other = replace(GRANTOR, announcements=())
    assert [made(templates, license, grantor) for grantor in (GRANTOR, GRANTOR, other, other, GRANTOR)] == [
        False,
        True,
        False,
        True,
        True,
    ]


def test_a_grantor_whose_own_texts_hold_a_mark_gets_no_template() -> None:
    license = replace(make_license(), premises=(), conditions=())
    name = LocalText(th="เทศบาล Qz1zQ")  # the mark of the number
    grantor = replace(GRANTOR, authority=replace(GRANTOR.authority, name=name))
    templates = Templates()
    assert not any(made(templates, license, grantor) for _ in range(4))


def test_an_id_that_is_no_plain_word_is_not_put_into_an_iri() -> None:
    templates = Templates()
    license = replace(make_license(), premises=(), conditions=())
    assert not any(made(templates, license, credential_id="a b") for _ in range(3))


def test_templates_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template, "MAX_TEMPLATES", 2)
    templates, licenses = Templates(), Licenses(1)
    for _ in range(300):
        made(templates, licenses.license())
        assert len(templates._known) <= 2


def test_signed_from_a_template_or_not_the_bytes_are_the_same_and_verify() -> None:
    signer, licenses = LicenseSigner(LOADER), Licenses(7)
    for n in range(200):
        license = licenses.license()
        if license.premises[1:] or len({getattr(each, "juristic_id", each) for each in license.licensees}) < len(
            license.licensees
        ):
            continue  # what no verifier would take: one thing said of two
        raw = signer.sign(license, GRANTOR, SIGNER, credential_id=f"{n:026d}", status=make_entries(), created=SIGNED_AT)
        draft = draft_credential(license, GRANTOR, credential_id=f"{n:026d}", status=make_entries())
        assert raw == sign(draft, SIGNER, created=SIGNED_AT, loader=LOADER)
        assert parse_document(raw)["proof"]["proofPurpose"] == "assertionMethod"
        if n % 20 == 0:
            require_verifiable(raw, SIGNER.verification_method, LOADER, thorough=False)
