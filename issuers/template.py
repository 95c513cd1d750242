"""Licences with the same members differ in texts only: their credential is drafted and walked once, with slots for the texts.

A template is learned from `draft_credential` and the walk themselves, on a licence whose texts are all marks: wherever a mark
turns up, in JSON or in canonical N-Quads, that text has its slot. So there is one place that says what a credential looks like.
What a template cannot hold (texts to escape, values that coincide) is drafted and walked as ever.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from operator import itemgetter
from typing import NamedTuple

import orjson

from issuers.draft import draft_credential
from verify.canonical import plain_nquads
from verify.compiled import is_clean
from verify.credential import StatusEntry
from vocab.contexts import DocumentLoader
from vocab.graph import Grantor
from vocab.iri import LicenseIri
from vocab.license import License, Licensee, LocalText, Organization, Premises

MAX_TEMPLATES = 1_024
_MARK = "Qz{}zQ"
_FIRST_YEAR = 3000
_FIRST_INDEX = 4_000_000_000
"""Days and numbers are marked with ones that no licence has."""


class Unsecured(NamedTuple):
    """A credential without its proof, in the two forms that signing takes."""

    json: bytes
    nquads: bytes


class _Text:
    """A text with slots: what is fixed at even places, slots between."""

    __slots__ = ("_fixed", "_slots")

    def __init__(self, text: bytes, marks: re.Pattern[bytes], slot_of: dict[bytes, int]) -> None:
        pieces = marks.split(text)
        self._fixed = pieces
        # One that is never used, so that itemgetter always gives a tuple.
        self._slots = itemgetter(0, 0, *(slot_of[mark] for mark in pieces[1::2]))

    def fill(self, values: Sequence[bytes]) -> bytes:
        pieces = list(self._fixed)
        pieces[1::2] = self._slots(values)[2:]
        return b"".join(pieces)


@dataclass(frozen=True, slots=True)
class _Template:
    grantor: Grantor
    json: _Text
    fixed: tuple[bytes, ...]
    """The statements about what is the same for all."""
    blocks: tuple[_Text, ...]
    """Those about each other subject, in order."""
    unordered: tuple[_Text, ...]
    """The same, where several texts stand under one predicate: their order depends on them."""

    def fill(self, values: Sequence[bytes]) -> Unsecured:
        found = [*self.fixed, *[block.fill(values) for block in self.blocks]]
        for block in self.unordered:
            lines = block.fill(values).splitlines(keepends=True)
            lines.sort()
            found.append(b"".join(lines))
        # Each begins with its subject, and no subject is the beginning of another.
        found.sort()
        return Unsecured(self.json.fill(values), b"".join(found))


class Templates:
    """The templates that were learned, by grantor and shape. A shape is learned when it is met for the second time."""

    def __init__(self) -> None:
        self._known: dict[object, _Template | None] = {}

    def unsecured(
        self,
        license: License,
        grantor: Grantor,
        *,
        credential_id: str,
        status: Sequence[StatusEntry],
        is_demo: bool,
        loader: DocumentLoader,
    ) -> Unsecured | None:
        """The credential of `license`, as `draft_credential` and the walk make it; None where no template will do."""
        shape: list[object] = [id(grantor), is_demo, license.term.no_expiry]
        texts = [credential_id, *_texts(license, shape)]
        for entry in status:
            shape += (entry.purpose, entry.list_url)
            texts.append(str(entry.index))
        raw = orjson.dumps(texts)
        if not credential_id.isalnum() or not credential_id.isascii() or None in shape or not is_clean(raw):
            return None
        # No text has a quotation mark, so these are the ends of texts.
        values = raw[2:-2].split(b'","')
        key = tuple(shape)
        template = self._known.get(key)
        if template is not None and template.grantor is grantor:
            return template.fill(values)
        if key not in self._known:
            if len(self._known) >= MAX_TEMPLATES:
                self._known.clear()
            self._known[key] = None
            return None
        template = _learned(license, grantor, status, is_demo=is_demo, loader=loader)
        draft = draft_credential(license, grantor, credential_id=credential_id, status=status, is_demo=is_demo)
        drafted = orjson.dumps(draft), plain_nquads(draft, loader)
        if template is None or template.fill(values) != drafted:
            return None
        self._known[key] = template
        return Unsecured(*template.fill(values))


def _texts(license: License, shape: list[object]) -> list[str]:
    """The texts of a licence in one order; `shape` gets which there are. None in it: no template will do."""
    number = license.number
    differs = license.number_as_received != number
    found = [str(license.iri), number]
    if differs:
        found.append(license.number_as_received)
    shape.append(differs)
    for several in (license.aliases, license.conditions):
        shape.append(len(several) if len(set(several)) == len(several) and "" not in several else None)
        found += several
    for licensee in license.licensees:
        _add_local(licensee.name, found, shape)
        if isinstance(licensee, Organization):
            _add_code(licensee.juristic_id, found, shape)
        else:
            shape.append("person")
    if len(license.licensees) > 1:
        # Two with one number would be one subject.
        names = {getattr(licensee, "juristic_id", "") or licensee for licensee in license.licensees}
        shape.append(True if len(names) == len(license.licensees) else None)
    shape.append("premises")
    for premises in license.premises:
        _add_premises(premises, found, shape)
    shape.append("activities")
    for activity in license.activities:
        _add_local(activity, found, shape)
    if len(license.activities) > 1:
        for texts in zip(*((activity.th, activity.en) for activity in license.activities), strict=True):
            said = [text for text in texts if text]
            shape.append(True if len(set(said)) == len(said) else None)
    shape.append("particulars")
    for item in license.particulars:
        found.append(item.code)
        _add_local(item.label, found, shape)
        found.append(item.value)
    for day in (license.issued_on, license.term.valid_from, license.term.expires_on):
        shape.append(day is not None)
        if day is not None:
            found.append(day.isoformat())
    shape.append(license.renews is not None)
    if license.renews is not None:
        found.append(str(license.renews))
    return found


def _add_premises(premises: Premises, found: list[str], shape: list[object]) -> None:
    address = premises.address
    texts = (
        address.street,
        address.subdistrict,
        address.district,
        address.province,
        address.postal_code,
        premises.latitude,
        premises.longitude,
    )
    shape.append(tuple(map(bool, texts)))
    found += filter(None, texts)
    _add_code(address.subdistrict_code, found, shape)
    if premises.name is None:
        shape.append(False)
    else:
        _add_local(premises.name, found, shape)


def _add_local(text: LocalText, found: list[str], shape: list[object]) -> None:
    if text.th:
        found.append(text.th)
    if text.en:
        found.append(text.en)
    # Not both are empty.
    shape.append(3 if text.th and text.en else 2 if text.th else 1)


def _add_code(code: str, found: list[str], shape: list[object]) -> None:
    """A code that stands in an IRI as well: digits, or no template will do."""
    if not code:
        shape.append(False)
    elif code.isascii() and code.isdigit():
        found.append(code)
        shape.append(True)
    else:
        shape.append(None)


class _Marks:
    """Marks in the order in which they are asked for."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def text(self, text: str) -> str:
        """A mark for a text that is there."""
        if not text:
            return ""
        return self.always()

    def always(self) -> str:
        self.made.append(_MARK.format(len(self.made)))
        return self.made[-1]

    def local(self, text: LocalText) -> LocalText:
        return LocalText(th=self.text(text.th), en=self.text(text.en))

    def day(self, day: date | None) -> date | None:
        if day is None:
            return None
        marked = date(_FIRST_YEAR + len(self.made), 1, 1)
        self.made.append(marked.isoformat())
        return marked

    def index(self) -> int:
        self.made.append(str(_FIRST_INDEX + len(self.made)))
        return int(self.made[-1])


def _learned(
    license: License,
    grantor: Grantor,
    status: Sequence[StatusEntry],
    *,
    is_demo: bool,
    loader: DocumentLoader,
) -> _Template | None:
    """The template for licences of the shape of `license`; None where its draft is not walked."""
    marks = _Marks()
    credential_id = marks.always()
    marked = _marked(license, marks)
    entries = [replace(entry, index=marks.index()) for entry in status]
    draft = draft_credential(marked, grantor, credential_id=credential_id, status=entries, is_demo=is_demo)
    nquads = plain_nquads(draft, loader)
    if nquads is None:
        return None
    slot_of = {mark.encode(): n for n, mark in enumerate(marks.made)}
    longest_first = sorted(slot_of, key=len, reverse=True)
    pattern = re.compile(b"(" + b"|".join(map(re.escape, longest_first)) + b")")
    blocks: dict[bytes, list[bytes]] = {}
    for line in nquads.splitlines(keepends=True):
        blocks.setdefault(line.split(b" ", 1)[0], []).append(line)
    fixed, ordered, unordered = [], [], []
    for lines in blocks.values():
        text = b"".join(lines)
        predicates = [line.split(b" ", 2)[1] for line in lines if pattern.search(line.split(b" ", 2)[2])]
        if not pattern.search(text):
            fixed.append(text)
        elif len(set(predicates)) == len(predicates):
            ordered.append(_Text(text, pattern, slot_of))
        else:
            unordered.append(_Text(text, pattern, slot_of))
    return _Template(
        grantor=grantor,
        json=_Text(orjson.dumps(draft), pattern, slot_of),
        fixed=tuple(fixed),
        blocks=tuple(ordered),
        unordered=tuple(unordered),
    )


def _marked(license: License, marks: _Marks) -> License:
    """`license` with a mark for each text, in the order of `_texts`."""
    iri = replace(license.iri, number=_MARK.format(len(marks.made)))
    marks.made += [str(iri), iri.number]
    differs = license.number_as_received != license.number
    return replace(
        license,
        iri=iri,
        number_as_received=marks.always() if differs else iri.number,
        aliases=tuple(marks.always() for _ in license.aliases),
        conditions=tuple(marks.always() for _ in license.conditions),
        licensees=tuple(_marked_licensee(licensee, marks) for licensee in license.licensees),
        premises=tuple(_marked_premises(premises, marks) for premises in license.premises),
        activities=tuple(marks.local(activity) for activity in license.activities),
        particulars=tuple(
            replace(item, code=marks.always(), label=marks.local(item.label), value=marks.always())
            for item in license.particulars
        ),
        issued_on=marks.day(license.issued_on),
        term=replace(
            license.term, valid_from=marks.day(license.term.valid_from), expires_on=marks.day(license.term.expires_on)
        ),
        renews=_marked_iri(license.renews, marks) if license.renews else None,
    )


def _marked_iri(iri: LicenseIri, marks: _Marks) -> LicenseIri:
    marked = replace(iri, number=_MARK.format(len(marks.made)))
    marks.made.append(str(marked))
    return marked


def _marked_licensee(licensee: Licensee, marks: _Marks) -> Licensee:
    name = marks.local(licensee.name)
    if isinstance(licensee, Organization):
        return replace(licensee, name=name, juristic_id=marks.text(licensee.juristic_id))
    return replace(licensee, name=name)


def _marked_premises(premises: Premises, marks: _Marks) -> Premises:
    old = premises.address
    texts = [marks.text(text) for text in (old.street, old.subdistrict, old.district, old.province, old.postal_code)]
    latitude, longitude = marks.text(premises.latitude), marks.text(premises.longitude)
    address = replace(
        old,
        street=texts[0],
        subdistrict=texts[1],
        district=texts[2],
        province=texts[3],
        postal_code=texts[4],
        subdistrict_code=marks.text(old.subdistrict_code),
    )
    name = marks.local(premises.name) if premises.name is not None else None
    return replace(premises, name=name, address=address, latitude=latitude, longitude=longitude)
