"""The mapping that a file probably needs, from its headings and from what stands below them. A proposal: a person looks at it.

Each column gets at most one field, each field the column that fits best. A column of citizens' numbers gets none.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from registry.intake.guessing.columns import Column, Trait
from registry.intake.guessing.headings import WHOLE, likeness, likeness_to_label
from registry.intake.mapping import LINK_FIELDS, Field, Meaning
from registry.intake.rows.face import COLUMNS_OF
from registry.intake.rows.status import read_status
from vocab.authority import FaceField, LicenseType, NumberingScheme
from vocab.thai import DateUnreadable

STATUS, STATUS_DATE, STATUS_REASON = "status", "status_date", "status_reason"
PARTICULAR = "particulars."
"""What stands before the code of a particular, as in `--set particulars.area=...`."""
LINKS = {f"access_{name}" if name not in ("access_url", "download_url") else name: name for name in LINK_FIELDS}
"""What is said of the licence's document, by the name that it has here: beside the fields, `rights` alone would say little."""
KINDS: tuple[str, ...] = (*Field, STATUS, STATUS_DATE, STATUS_REASON, *LINKS)
DATE_KINDS = frozenset({Field.ISSUED_ON, Field.VALID_FROM, Field.EXPIRES_ON, STATUS_DATE})

CITIZEN_SHARE = 0.1
"""From this share of citizens' numbers on a column is never mapped; one in twelve other 13-digit numbers looks like one."""
_CERTAIN, _LIKELY, _WORTH_A_GUESS = 0.9, 0.6, 0.3
_MOST = 0.5
_BY_CONTENT_ALONE = 0.55
_ENOUGH = 5
"""Fewer cells say nothing by themselves."""
_MANY_STATUSES = 40
_SHORT_NUMBER = 40
_WHOLE_ADDRESS = 20
"""Characters: a longer text is an address and no piece of one."""


class Confidence(StrEnum):
    CERTAIN = "certain"
    LIKELY = "likely"
    GUESS = "guess"


class Reason(StrEnum):
    """Why a column was proposed."""

    HEADING = "heading"
    PART = "part"
    LABEL = "label"
    CONTENT = "content"
    SAID = "said"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A field and its columns. `field` is one of `KINDS` or a particular (`PARTICULAR` and its code); `score` is 0 to 1.

    `fit`: the share of the cells that look as this field's do, where that can be told.
    """

    field: str
    columns: tuple[Column, ...]
    score: float
    reasons: tuple[Reason, ...]
    fit: float | None = None

    @property
    def confidence(self) -> Confidence:
        if self.score >= _CERTAIN:
            return Confidence.CERTAIN
        return Confidence.LIKELY if self.score >= _LIKELY else Confidence.GUESS

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(column.heading for column in self.columns)


def guess_fields(
    columns: Sequence[Column],
    license_type: LicenseType | None,
    scheme: NumberingScheme,
    said: Mapping[str, Sequence[str]],
    *,
    guessing: bool = True,
) -> list[Guess]:
    """The field of each column that has one, in the order of `KINDS`, particulars last.

    `said` is what the agency says itself: field -> headings, none for a field that has no column. It is not judged; without
    `guessing` nothing else is proposed.
    """
    by_heading = {column.heading: column for column in columns}
    taken = {
        name: Guess(field=name, columns=tuple(by_heading[each] for each in chosen), score=1.0, reasons=(Reason.SAID,))
        for name, chosen in said.items()
    }
    free = [column for column in columns if guessing and not any(column.heading in each for each in said.values())]
    candidates = [
        guess for column in free if not is_withheld(column) for guess in _candidates(column, license_type, scheme)
    ]
    # The best first; of two that are equal, the one further left.
    for guess in sorted(candidates, key=lambda each: (-each.score, each.columns[0].position)):
        used = {column.heading for each in taken.values() for column in each.columns}
        if guess.field not in taken and guess.headings[0] not in used and guess.score >= _WORTH_A_GUESS:
            taken[guess.field] = guess
    _join_address(taken, free)
    order = {kind: at for at, kind in enumerate(KINDS)}
    found = [guess for guess in taken.values() if guess.columns and guess.field not in _UNMAPPED]
    return sorted(found, key=lambda guess: (order.get(guess.field, len(order)), guess.columns[0].position))


def is_withheld(column: Column) -> bool:
    """Whether a column holds citizens' numbers, or says that it does. Among juristic numbers some are usual and stay out."""
    if likeness(column.heading, "citizen") >= _MOST:
        return True
    return column.share(Trait.CITIZEN) >= CITIZEN_SHARE and column.share(Trait.JURISTIC) < CITIZEN_SHARE


_UNMAPPED = ("counter", "street_part")
"""Kinds of columns that are known and are no field by themselves."""


def _candidates(column: Column, license_type: LicenseType | None, scheme: NumberingScheme) -> Iterator[Guess]:
    for kind in (*KINDS, *_UNMAPPED):
        said = likeness(column.heading, kind)
        reason = Reason.HEADING if said == WHOLE else Reason.PART
        yield from _guess(column, kind, said * _on_face(kind, license_type), reason, scheme)
    for item in license_type.face if license_type else ():
        is_particular = item.field is FaceField.PARTICULAR
        kind = PARTICULAR + item.code if is_particular else COLUMNS_OF[item.field][0]
        said = likeness_to_label(column.heading, (item.label.th, item.label.en, item.code))
        if is_particular or said == WHOLE:
            yield from _guess(column, kind, said, Reason.LABEL, scheme)


def _guess(column: Column, kind: str, said: float, reason: Reason, scheme: NumberingScheme) -> Iterator[Guess]:
    fit = _fit(kind, column, scheme)
    if fit is None or (said < WHOLE and not column.filled):
        return
    if said:
        score = said + (WHOLE - said) * fit / 2
        reasons = (reason, Reason.CONTENT) if fit >= _MOST else (reason,)
    elif fit and kind in _KNOWN_BY_CONTENT and column.filled >= _ENOUGH:
        score, reasons = _BY_CONTENT_ALONE * fit, (Reason.CONTENT,)
    else:
        return
    shown = fit if fit >= _MOST else None
    yield Guess(field=kind, columns=(column,), score=round(score, 2), reasons=reasons, fit=shown)


def _on_face(kind: str, license_type: LicenseType | None) -> float:
    """An activity or a condition that is not on the licence is rather a particular: less likely."""
    if license_type is None or kind not in (Field.ACTIVITY, Field.CONDITION):
        return 1.0
    return 1.0 if license_type.item(FaceField(kind)) else 0.7


_KNOWN_BY_CONTENT = frozenset(
    {Field.NUMBER, Field.LICENSEE, Field.JURISTIC_ID, Field.PROVINCE, Field.LATITUDE, Field.LONGITUDE, STATUS}
)


def _fit(kind: str, column: Column, scheme: NumberingScheme) -> float | None:
    """How well the cells fit, 0 (nothing can be told) to 1; None where they contradict."""
    if not column.filled:
        return 0.0
    if kind == Field.NUMBER:
        return _fit_number(column, scheme)
    if kind in DATE_KINDS:
        return _fit_date(column)
    if kind == STATUS:
        return _fit_status(column)
    if kind == "counter":
        return 1.0 if column.is_counter else None
    return _FITS[kind](column) if kind in _FITS else _unless(Trait.DATE)(column)


def _fit_number(column: Column, scheme: NumberingScheme) -> float | None:
    if column.filled < column.rows / 2 or column.share(Trait.DATE) >= _MOST or column.share(Trait.PROVINCE) >= _MOST:
        return None
    if scheme.pattern:
        expected = column.share_of(scheme.expects)
        if expected >= _MOST:
            return expected
    if column.is_counter or column.share_of(lambda text: len(text) <= _SHORT_NUMBER) < _MOST:
        return 0.0
    named = max(column.share(trait) for trait in (Trait.JURISTIC, Trait.LATITUDE, Trait.LONGITUDE, Trait.NAME))
    # A few numbers may stand on several rows, as renewals; what repeats all the time is something else.
    return column.share(Trait.DIGITS) * column.distinct * (1 - named / 2)


def _fit_date(column: Column) -> float | None:
    share = column.share(Trait.DATE)
    if share >= _MOST:
        return share
    # A spreadsheet counts days: five digits may be a date.
    return 0.0 if column.share_of(lambda text: text.isdecimal() and len(text) == 5) >= _MOST else None


def _fit_status(column: Column) -> float | None:
    if len(column.contents) > _MANY_STATUSES:
        return None
    known = sum(count for text, count in column.contents.items() if meaning_of(text))
    return known / column.filled or None


def meaning_of(text: str) -> Meaning | None:
    """What everybody means by a text in a status column, or None."""
    try:
        return read_status(text, {}, None).meaning
    except DateUnreadable:
        return None


def _unless(*traits: Trait) -> Callable[[Column], float | None]:
    """Any text will do, but not one of these."""
    return lambda column: None if any(column.share(trait) >= _MOST for trait in traits) else 0.0


def _mostly(trait: Trait, *others: Trait) -> Callable[[Column], float | None]:
    """The trait speaks for it, `others` do not speak against it."""

    def fit(column: Column) -> float | None:
        share = column.share(trait)
        if share >= _MOST:
            return share
        return 0.0 if any(column.share(other) >= _MOST for other in others) else None

    return fit


def _fit_licensee(column: Column) -> float | None:
    named = column.share(Trait.NAME)
    return named if named >= _MOST / 2 else _unless(Trait.DATE, Trait.NUMERIC)(column)


def _fit_province(column: Column) -> float | None:
    share = column.share(Trait.PROVINCE)
    return share if share >= _MOST else _unless(Trait.DATE, Trait.NUMERIC)(column)


def _fit_juristic(column: Column) -> float | None:
    share = column.share(Trait.JURISTIC)
    return share if share >= CITIZEN_SHARE else None


def _fit_page(column: Column) -> float | None:
    """Web addresses, but not mostly those of files."""
    return None if column.share(Trait.WEB_FILE) >= _MOST else _only(Trait.WEB)(column)


def _is_media_type(text: str) -> bool:
    return re.fullmatch(r"[a-z]+/[\w.+-]+", text, re.ASCII | re.IGNORECASE) is not None


def _is_digest(text: str) -> bool:
    return (
        re.fullmatch(r"(sha256|sha384|sha512)-[A-Za-z0-9+/=]+|[0-9a-f]{64}", text, re.ASCII | re.IGNORECASE) is not None
    )


def _only(trait: Trait) -> Callable[[Column], float | None]:
    """The trait alone: what else stands under such a heading is something else."""
    return lambda column: share if (share := column.share(trait)) >= _MOST else None


_FITS: Mapping[str, Callable[[Column], float | None]] = {
    Field.LICENSEE: _fit_licensee,
    Field.LICENSEE_EN: _mostly(Trait.LATIN),
    Field.JURISTIC_ID: _fit_juristic,
    Field.PREMISES: _unless(Trait.DATE, Trait.NUMERIC),
    Field.PREMISES_EN: _mostly(Trait.LATIN),
    Field.SUBDISTRICT: _unless(Trait.DATE, Trait.NUMERIC),
    Field.DISTRICT: _unless(Trait.DATE, Trait.NUMERIC),
    Field.PROVINCE: _fit_province,
    Field.POSTAL_CODE: _mostly(Trait.POSTAL),
    Field.SUBDISTRICT_CODE: _mostly(Trait.NUMERIC),
    Field.LATITUDE: _mostly(Trait.LATITUDE, Trait.NUMERIC),
    Field.LONGITUDE: _mostly(Trait.LONGITUDE, Trait.NUMERIC),
    "access_url": _fit_page,
    "download_url": _only(Trait.WEB),
    "access_rights": _unless(Trait.DATE, Trait.NUMERIC, Trait.WEB),
    "access_media_type": lambda column: share if (share := column.share_of(_is_media_type)) >= _MOST else None,
    "access_digest": lambda column: share if (share := column.share_of(_is_digest)) >= _MOST else None,
    Field.ACTIVITY: _unless(Trait.DATE, Trait.NUMERIC),
    Field.CONDITION: _unless(Trait.DATE, Trait.NUMERIC),
}


def _join_address(taken: dict[str, Guess], free: Sequence[Column]) -> None:
    """Pieces of an address in columns of their own are joined, in the order of the file, unless one column has it whole."""
    whole = taken.get(Field.STREET)
    if whole is not None and (Reason.SAID in whole.reasons or not _is_piece(whole.columns[0])):
        return
    used = {column.heading for name, guess in taken.items() if name != "street_part" for column in guess.columns}
    pieces = [
        column
        for column in free
        if likeness(column.heading, "street_part") and column.heading not in used and not is_withheld(column)
    ]
    if not pieces:
        return
    both = sorted([*(whole.columns if whole else ()), *pieces], key=lambda column: column.position)
    score = min(likeness(column.heading, "street_part") for column in pieces)
    taken[Field.STREET] = Guess(field=Field.STREET, columns=tuple(both), score=score, reasons=(Reason.HEADING,))


def _is_piece(column: Column) -> bool:
    samples = column.samples
    return sum(map(len, samples)) <= _WHOLE_ADDRESS * len(samples)
