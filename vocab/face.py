"""A licence's face read back: the inverse of `vocab.graph.face`, for what others ask us to sign.

Whoever sends a face may leave out what the register knows itself (names of authorities and types, identifiers of inner nodes).
All that is sent has to be what the register would say: `require_reproduced` compares, so that nothing is dropped silently.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Any

from vocab.authority import FaceField, NumberingScheme
from vocab.graph import Grantor
from vocab.iri import (
    LicenseIri,
    MalformedIri,
    NumberRefused,
    is_citizen_number,
    is_juristic_number,
    license_iri,
    parse_license_iri,
    registered,
)
from vocab.license import Address, License, Licensee, LocalText, Organization, Particular, Person, Premises, Term
from vocab.names import looks_like_organization
from vocab.place import is_latitude, is_longitude, is_postal_code, is_subdistrict_code
from vocab.resource import area_iri
from vocab.thai import BUDDHIST_OFFSET, COMMON_YEARS, normalize_text

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SHOWN = 200


class ClaimRefused(ValueError):
    """A member of a credential that the register would not sign as it was sent.

    `.pointer` (RFC 6901) says where it stands, `.sent` what was read there, `.expected` what the register would say instead.
    """

    def __init__(self, pointer: str, sent: object, expected: str) -> None:
        # A citizen's number is not repeated, be it alone or in a text.
        shown = "a citizen's number" if is_citizen_number(str(sent)) else repr(sent)[:_SHOWN]
        super().__init__(f"{pointer or '/'}: {expected} (got {shown})")
        self.pointer, self.sent, self.expected = pointer, shown, expected
        self.extra = {"pointer": pointer}


@dataclass(frozen=True, slots=True)
class Claim:
    """A value of a JSON document, with the place where it stands. `value` is None where there is nothing."""

    value: Any
    pointer: str = ""

    def __getitem__(self, key: str) -> "Claim":
        """The member `key` of an object, which may be absent. Raises `ClaimRefused` where this is no object."""
        if not isinstance(self.value, dict):
            raise ClaimRefused(self.pointer, self.value, "an object is expected here")
        return Claim(self.value.get(key), pointer(self.pointer, key))

    @property
    def is_absent(self) -> bool:
        return self.value is None

    def items(self) -> "list[Claim]":
        """The items of a list; none where there is nothing."""
        if self.value is None:
            return []
        if not isinstance(self.value, list):
            raise ClaimRefused(self.pointer, self.value, "a list is expected here")
        found = [Claim(item, pointer(self.pointer, n)) for n, item in enumerate(self.value)]
        for item in found:
            if item.is_absent:
                raise ClaimRefused(item.pointer, None, "an item of a list is something")
        return found

    def text(self) -> str:
        """The text in the form in which texts are signed; empty where there is nothing."""
        if self.value is None:
            return ""
        if not isinstance(self.value, str) or not normalize_text(self.value):
            raise ClaimRefused(self.pointer, self.value, "a text that is not empty is expected here")
        return normalize_text(self.value)

    def checked(self, fits: Callable[[str], bool], expected: str) -> str:
        """The text, which has a form of its own; empty where there is nothing."""
        text = self.text()
        if text and not fits(text):
            raise ClaimRefused(self.pointer, self.value, f"expected here: {expected}")
        return text

    def identifier(self) -> str:
        """The IRI of a node, given as it is or as an object with `id`; empty where there is nothing."""
        named = self["id"] if isinstance(self.value, dict) else self
        if named.value is not None and not isinstance(named.value, str):
            raise ClaimRefused(named.pointer, named.value, "an IRI is expected here")
        return named.value or ""

    def day(self) -> date | None:
        """The day, of a year in which a licence may have one: what a program sends is in the Common Era, so a
        Buddhist year, which a file may write, is refused with the year to write. None where there is nothing."""
        if self.value is None:
            return None
        if not isinstance(self.value, str) or not _DAY.fullmatch(self.value):
            raise ClaimRefused(self.pointer, self.value, "a day is written as 2026-11-21")
        try:
            found = date.fromisoformat(self.value)
        except ValueError as error:
            raise ClaimRefused(self.pointer, self.value, "a day of the calendar is expected here") from error
        if found.year not in COMMON_YEARS:
            raise ClaimRefused(self.pointer, self.value, _expected_year(found.year))
        return found

    def local_texts(self) -> tuple[LocalText, ...]:
        """The texts of a language map: `{"th": ..., "en": ...}`, each a text or a list of them."""
        if self.value is None:
            return ()
        thai, english = self._in("th"), self._in("en")
        return tuple(LocalText(th=th, en=en) for th, en in zip_longest(thai, english, fillvalue=""))

    def local_text(self) -> LocalText | None:
        """The one text of a language map."""
        found = self.local_texts()
        if len(found) > 1:
            raise ClaimRefused(self.pointer, self.value, "one text, in one or two languages, is expected here")
        return found[0] if found else None

    def _in(self, language: str) -> Sequence[str]:
        texts = self[language]
        return (
            [item.text() for item in texts.items()]
            if isinstance(texts.value, list)
            else [texts.text()] * bool(texts.value)
        )


def _expected_year(year: int) -> str:
    """What to write instead of `year`, which no licence has in the Common Era."""
    expected = f"a day of the Common Era (ค.ศ.), of the years {COMMON_YEARS[0]} to {COMMON_YEARS[-1]}, is expected here"
    common = year - BUDDHIST_OFFSET
    return f"{expected}; the Buddhist year (พ.ศ.) {year} is written as {common}" if 1800 <= common <= 2299 else expected


def pointer(parent: str, step: str | int) -> str:
    """The JSON pointer (RFC 6901) of a member or an item."""
    return f"{parent}/{str(step).replace('~', '~0').replace('/', '~1')}"


def read_face(face: Claim, grantor: Grantor, scheme: NumberingScheme) -> License:
    """The licence that `face` states, as `grantor` would grant and number it. Raises `ClaimRefused`."""
    issued_on = face["issuedOn"].day()
    term = _term(face)
    iri = _iri(face, grantor, scheme, issued_on or term.valid_from)
    return License(
        iri=iri,
        number_as_received=_number_as_received(face["numberAsReceived"], iri),
        licensees=tuple(_licensee(item) for item in face["licensee"].items()),
        premises=tuple(_premises(item, grantor.base) for item in face["premises"].items()),
        activities=face["activity"].local_texts(),
        conditions=tuple(item.text() for item in face["condition"].items()),
        particulars=tuple(_particular(item, grantor) for item in face["faceItem"].items()),
        issued_on=issued_on,
        term=term,
        renews=_renewed(face["renews"], iri),
        aliases=tuple(_alias(item, iri) for item in face["alias"].items()),
    )


def require_reproduced(sent: Claim, drafted: object) -> None:
    """Everything in `sent` stands in `drafted` too, at the same place. Raises `ClaimRefused` at the first that does not.

    `drafted` may say more. A node may be named by its IRI alone: that is the same statement.
    """
    value = sent.value
    match value, drafted:
        case dict(), dict():
            for key in value:
                if key not in drafted:
                    raise ClaimRefused(pointer(sent.pointer, key), value[key], "the register would not say this")
                require_reproduced(Claim(value[key], pointer(sent.pointer, key)), drafted[key])
        case list(), list() if len(value) == len(drafted):
            for n, (item, own) in enumerate(zip(value, drafted, strict=True)):
                require_reproduced(Claim(item, pointer(sent.pointer, n)), own)
        case str(), {"id": str() as identifier} if identifier == value:
            return
        case _ if type(value) is type(drafted) and value == drafted:
            return
        case _:
            raise ClaimRefused(sent.pointer, value, f"the register would say {repr(drafted)[:_SHOWN]}")


def _term(face: Claim) -> Term:
    no_expiry = face["noExpiry"]
    if not no_expiry.is_absent and no_expiry.value is not True:
        raise ClaimRefused(no_expiry.pointer, no_expiry.value, "true, or nothing, is expected here")
    begin, end = face["effectiveFrom"].day(), face["expiresOn"].day()
    try:
        return Term(valid_from=begin, expires_on=end, no_expiry=no_expiry.value is True)
    except ValueError as error:
        raise ClaimRefused(face["expiresOn"].pointer, face["expiresOn"].value, str(error)) from error


def _iri(face: Claim, grantor: Grantor, scheme: NumberingScheme, granted_on: date | None) -> LicenseIri:
    number = face["licenseNumber"]
    if not isinstance(number.value, str):
        raise ClaimRefused(
            number.pointer, number.value, "the number of the licence, as it is printed, is expected here"
        )
    if scheme.has_years and granted_on is None:
        raise ClaimRefused(
            face["issuedOn"].pointer, None, "numbers of this kind start again each year: the day of issue is needed"
        )
    qualifier = scheme.qualifier(granted_on)
    try:
        return license_iri(grantor.base, grantor.authority.code, grantor.license_type.code, number.value, qualifier)
    except NumberRefused as error:
        raise ClaimRefused(number.pointer, number.value, f"the number cannot be used: {error.reason}") from error
    except MalformedIri as error:
        # All else in it is the register's own: it is the year, which is older than any that a number is told apart by.
        issued = face["issuedOn"] if not face["issuedOn"].is_absent else face["effectiveFrom"]
        raise ClaimRefused(issued.pointer, issued.value, "no number is told apart by this year") from error


def _number_as_received(received: Claim, iri: LicenseIri) -> str:
    if received.is_absent:
        return iri.number
    if not isinstance(received.value, str) or registered(received.value) != iri.number:
        raise ClaimRefused(received.pointer, received.value, "the number with white space around it, or nothing")
    return received.value


def _licensee(claim: Claim) -> Licensee:
    kind, juristic_id = (
        claim["type"],
        claim["juristicId"].checked(is_juristic_number, "13 digits that begin with 0, the last a check digit"),
    )
    match kind.value:
        case "Organization":
            name = _required(claim["legalName"])
            # As in a file: whoever is not known to be an organization is treated as a person, whose name is protected.
            if juristic_id or looks_like_organization(str(name)):
                return Organization(name=name, juristic_id=juristic_id)
            return Person(name=name)
        case "Person":
            return Person(name=_required(claim["fullName"]))
        case other:
            raise ClaimRefused(kind.pointer, other, "Organization or Person is expected here")


def _required(claim: Claim) -> LocalText:
    text = claim.local_text()
    if text is None:
        raise ClaimRefused(claim.pointer, claim.value, 'a name, e.g. {"th": "..."}, is expected here')
    return text


def _premises(claim: Claim, base: str) -> Premises:
    for one, other in (("latitude", "longitude"), ("longitude", "latitude")):
        if claim[one].is_absent and not claim[other].is_absent:
            raise ClaimRefused(claim[one].pointer, None, f"{one} and {other} are given together")
    address = claim["address"]
    at = address if not address.is_absent else Claim({}, address.pointer)
    place = Premises(
        name=claim["placeName"].local_text(),
        address=Address(
            street=at["streetAddress"].text(),
            subdistrict=at["subdistrict"].text(),
            district=at["district"].text(),
            province=at["province"].text(),
            postal_code=at["postalCode"].checked(is_postal_code, "5 digits"),
            subdistrict_code=_area(claim["within"], base),
        ),
        latitude=claim["latitude"].checked(is_latitude, "degrees in Thailand, as a text with a decimal number"),
        longitude=claim["longitude"].checked(is_longitude, "degrees in Thailand, as a text with a decimal number"),
    )
    if place.name is None and place.address.is_empty:
        # As in a file: a place is known by its name or its address.
        raise ClaimRefused(claim.pointer, claim.value, "premises with a name or an address are expected here")
    return place


def _area(claim: Claim, base: str) -> str:
    areas = claim.items()
    if not areas:
        return ""
    code = areas[0].identifier().removeprefix(area_iri(base, ""))
    if len(areas) > 1 or not is_subdistrict_code(code):
        raise ClaimRefused(
            claim.pointer, claim.value, f"one subdistrict, {area_iri(base, '')} and 6 digits, is expected here"
        )
    return code


def _particular(claim: Claim, grantor: Grantor) -> Particular:
    code, value = claim["code"], claim["value"]
    item = grantor.license_type.item(FaceField.PARTICULAR, code.text())
    if item is None:
        known = ", ".join(item.code for item in grantor.license_type.face if item.code) or "none"
        raise ClaimRefused(code.pointer, code.value, f"an item of the face of this type is expected here ({known})")
    if not value.text():
        raise ClaimRefused(value.pointer, value.value, "the value of the item is expected here")
    return Particular(code=item.code, label=item.label, value=value.text())


def _renewed(claim: Claim, iri: LicenseIri) -> LicenseIri | None:
    if claim.is_absent:
        return None
    try:
        renewed = parse_license_iri(iri.base, claim.identifier())
    except MalformedIri as error:
        raise ClaimRefused(
            claim.pointer, claim.value, "the IRI of a licence of this register is expected here"
        ) from error
    if (renewed.authority, renewed.type) != (iri.authority, iri.type) or renewed == iri:
        raise ClaimRefused(
            claim.pointer, claim.value, "another licence of the same authority and type is expected here"
        )
    return renewed


def _alias(claim: Claim, iri: LicenseIri) -> str:
    alias = registered(claim.value) if isinstance(claim.value, str) else ""
    try:
        license_iri(iri.base, iri.authority, iri.type, alias)
    except NumberRefused as error:
        raise ClaimRefused(claim.pointer, claim.value, f"the number cannot be used: {error.reason}") from error
    if alias == iri.number:
        raise ClaimRefused(claim.pointer, claim.value, "another number than the licence's own is expected here")
    return alias
