"""The licence IRI and the keys by which a licence number is found (design/3-identifiers).

`{base}/id/lic/{authority}/{type}/{number}[/{qualifier}]`

A number is identity: the printed text in NFC without outer white space and zero-width characters, nothing
else.  A segment is its ASCII form in a path.  A key is for finding only, never for identity.
Pure: standard library only, no clock, no environment.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final
from unicodedata import category, combining, decimal, normalize
from urllib.parse import unquote_to_bytes

MAX_SEGMENT_BYTES: Final = 1500

# Frozen with the first mint: a longer list would change the identity of numbers already minted.
_ZERO_WIDTH: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
# Unicode White_Space.  str.strip() would also take U+001C..U+001F, which are controls and go to a person.
_WHITE_SPACE: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
# Cf is what zero-width stripping leaves: bidi controls and soft hyphens, "a page that lies" (design/7-trust).
_REFUSED: Final = {
    "Cc": "control",
    "Cn": "unassigned",
    "Co": "private-use",
    "Cs": "surrogate",
    "Cf": "format",
}

_KEPT: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
_CITIZEN_DIGITS: Final = 13
_PLAIN_NUMBER: Final = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*")
"""What most numbers look like: each character stands for itself in a segment, but for the slash."""
_PLAIN_SEGMENT: Final = re.compile(r"[A-Za-z0-9_-]+(?:~2F[A-Za-z0-9_-]+)*")
_SEGMENT: Final = re.compile(r"(?:[A-Za-z0-9_.-]|~[0-9A-F]{2}|%[0-9A-F]{2})+")
_PERCENT_PAIR: Final = re.compile(r"%[0-9A-Fa-f]{2}")
_TILDE_PAIR: Final = re.compile(r"~([0-7][0-9A-Fa-f])")

_BASE: Final = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]+)?(?:/[A-Za-z0-9._~-]+)*")
_AUTHORITY: Final = re.compile(r"lao-[0-9]{8}|dep-[0-9]{4,5}|tin-[0-9]{13}|x-[a-z0-9]{2,16}")
_TYPE: Final = re.compile(r"[a-z0-9-]{1,40}")
_QUALIFIER: Final = re.compile(
    r"(?=[a-z])(?:o[a-z0-9-]{1,16})?"
    r"(?:(?:^|\.)be2[4-9][0-9]{2})?"
    r"(?:(?:^|\.)d(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2}))?"
    r"(?:(?:^|\.)n[1-9][0-9]{0,5})?"
)
_FRAGMENT_KIND: Final = re.compile(r"[a-z]{1,24}")

# A citizen's number as it is printed, 1-4-5-2-1, in one run, or one digit a box; other groupings are other
# schemes (a food serial number is 2-1-5-1-4).  Searched, not matched: a label or bracket must not hide it.
_GAP: Final = r"[\s.,/_\-\u2010-\u2015]{0,3}"
_THIRTEEN_DIGITS: Final = re.compile(r"\d(?:\D*+\d){12}")
_CITIZEN: Final = re.compile(
    rf"(?<!\d)(?=([1-8]{_GAP}\d{{4}}{_GAP}\d{{5}}{_GAP}\d{{2}}{_GAP}\d|[1-8](?:[\s.\-]\d){{12}})(?!\d))"
)

# The Windows private-use glyphs of Thai fonts before OpenType; same table as HarfBuzz's Thai PUA fallback.
_PRIVATE_USE_GLYPHS: Final = dict(
    zip(
        range(0xF700, 0xF71B),
        "\u0e10"  # THO THAN without its base
        "\u0e34\u0e35\u0e36\u0e37"  # SARA I, II, UE, UEE, left
        "\u0e48\u0e49\u0e4a\u0e4b\u0e4c"  # tone marks and THANTHAKHAT, low left
        "\u0e48\u0e49\u0e4a\u0e4b\u0e4c"  # the same, low
        "\u0e0d"  # YO YING without its base
        "\u0e31\u0e4d\u0e47"  # MAI HAN-AKAT, NIKHAHIT, MAITAIKHU, left
        "\u0e48\u0e49\u0e4a\u0e4b\u0e4c"  # tone marks and THANTHAKHAT, left
        "\u0e38\u0e39\u0e3a",  # SARA U, UU, PHINTHU, low
        strict=True,
    )
)
_THAI_MARKS: Final = re.compile("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]{2,}")
_TONES_AFTER_SARA_AM: Final = re.compile("\u0e4d\u0e32([\u0e48-\u0e4b]+)")
_GROUP: Final = re.compile("[0-9]+|[^0-9 ]+")
_LETTERS: Final = re.compile("[^0-9 ]+")
_BUDDHIST_ERA: Final = re.compile("(?<![^0-9 ])พ *ศ(?= *[0-9])")
_LOOK_ALIKES: Final = str.maketrans({"o": "0", "i": "1", "l": "1"})


class NumberRefused(ValueError):
    """A licence number that no IRI is minted from: a person decides.

    `reason` is one of empty, control, unassigned, private-use, surrogate, format, too-long, citizen-number.
    """

    def __init__(self, number: str, reason: str, got: str, expected: str) -> None:
        super().__init__(number, reason, got, expected)
        self.number, self.reason, self.got, self.expected = number, reason, got, expected

    def __str__(self) -> str:
        return f"licence number refused: {self.reason} (got {self.got}, expected {self.expected})"


class MalformedIri(ValueError):
    """Text that is not a licence IRI of ours, or not in its one spelling.

    `reason` is one of base, authority, type, number, qualifier, fragment, shape.
    """

    def __init__(self, received: str, reason: str, expected: str) -> None:
        super().__init__(received, reason, expected)
        self.received, self.reason, self.expected = received, reason, expected

    def __str__(self) -> str:
        return f"malformed licence IRI: {self.reason} (got {self.received[:200]!a}, expected {self.expected})"


def registered(received: str) -> str:
    """The identity of a number: NFC, no outer white space, no zero-width characters, nothing else changed.

    Total and idempotent; whether the result may be minted is `encode_number`'s question.
    """
    return normalize("NFC", received.translate(_ZERO_WIDTH)).strip(_WHITE_SPACE)


def encode_number(number: str) -> str:
    """The one ASCII path segment of `registered(number)`; raises NumberRefused."""
    if len(number) <= MAX_SEGMENT_BYTES // 3 and _PLAIN_NUMBER.fullmatch(number):
        return number.replace("/", "~2F")
    number = registered(number)
    if not number:
        raise NumberRefused(number, "empty", "no characters", "a number as printed")
    for at, char in enumerate(number):
        if (reason := _REFUSED.get(category(char))) is not None:
            raise NumberRefused(number, reason, f"U+{ord(char):04X} at {at}", "visible characters only")
    last = len(number) - 1
    segment = "".join(
        # Chat programs drop a final ".", and "." and ".." vanish from paths.
        "~2E" if char == "." and at in (0, last) else _encoded_character(char)
        for at, char in enumerate(number)
    )
    if len(segment) > MAX_SEGMENT_BYTES:
        raise NumberRefused(number, "too-long", f"{len(segment)} bytes", f"at most {MAX_SEGMENT_BYTES} encoded")
    return segment


def decode_number(segment: str) -> str:
    """The number whose one spelling is `segment`; every other spelling raises MalformedIri."""
    if len(segment) > MAX_SEGMENT_BYTES or not _SEGMENT.fullmatch(segment):
        raise MalformedIri(segment, "number", "characters of a number segment")
    if _PLAIN_SEGMENT.fullmatch(segment):
        return segment.replace("~2F", "/")
    number = _decoded(segment)
    if _encoded(number, segment) != segment:
        raise MalformedIri(segment, "number", _encoded(number, segment))
    return number


def canonical_segment(segment: str) -> str:
    """The canonical spelling of one raw path segment, in one hop; idempotent; raises MalformedIri.

    Takes what browsers, chat programs and people make of a segment: lower-case hex, needless or percent
    encoding, raw Thai.  `segment` is the path as it stood in the request line, not yet decoded by the server.
    A `%HH` that is left after one decoding is refused: it is either a number that holds `%HH` or something
    encoded twice, and a wrong guess would show another licence.
    """
    if any(char in "/?#" for char in segment) or "%" in _PERCENT_PAIR.sub("", segment):
        raise MalformedIri(segment, "number", "one path segment with whole %HH pairs")
    return _encoded(_decoded(segment), segment)


def _encoded_character(char: str) -> str:
    if char in _KEPT:
        return char
    if char.isascii():
        return f"~{ord(char):02X}"
    return "".join(f"%{byte:02X}" for byte in char.encode())


def _encoded(number: str, segment: str) -> str:
    try:
        return encode_number(number)
    except NumberRefused as error:
        raise MalformedIri(segment, "number", error.expected) from error


def _decoded(segment: str) -> str:
    try:
        text = unquote_to_bytes(segment.encode()).decode()
    except UnicodeError as error:
        raise MalformedIri(segment, "number", "UTF-8") from error
    # %7E is the same URI as ~ (RFC 3986 2.3), so percent comes first; each escape is undone once.
    if _PERCENT_PAIR.search(text) or "~" in _TILDE_PAIR.sub("", text):
        raise MalformedIri(segment, "number", "each character escaped once, ~ followed by two ASCII hex digits")
    return _TILDE_PAIR.sub(lambda pair: chr(int(pair[1], 16)), text)


def is_citizen_number(text: str) -> bool:
    """Whether `text` holds a natural person's 13-digit number: first digit 1-8, check digit right.

    Any digit script; in one run, printed 1-4-5-2-1, or digit by digit.  Juristic persons have the same
    checksum and begin with 0, so they are not meant here; the numbers of persons without civil status also
    begin with 0 and cannot be told from them.  One in ten other 13-digit numbers passes by chance: those,
    too, are for a person to decide.
    """
    if len(text) < _CITIZEN_DIGITS or _THIRTEEN_DIGITS.search(text) is None:
        return False
    digits = "".join(str(decimal(char, char)) for char in text.translate(_ZERO_WIDTH))
    return any(_has_check_digit(re.sub(r"\D", "", found[1])) for found in _CITIZEN.finditer(digits))


def is_juristic_number(digits: str) -> bool:
    """Whether `digits` is a juristic person's number: 13 ASCII digits, the first 0, check digit right."""
    return re.fullmatch(r"0\d{12}", digits, re.ASCII) is not None and _has_check_digit(digits)


def _has_check_digit(digits: str) -> bool:
    # Ministerial Regulation on civil registration: weights 13..2, (11 - sum mod 11) mod 10.
    weighed = sum(weight * int(digit) for weight, digit in zip(range(13, 1, -1), digits[:12], strict=True))
    return (11 - weighed % 11) % 10 == int(digits[12])


@dataclass(frozen=True, slots=True)
class LicenseIri:
    """A checked licence IRI; made by `license_iri`, `parse_license_iri` or `parse_license_tail`.

    `number` is registered and decoded.  Creating one with anything else raises MalformedIri or NumberRefused.
    `tail`: `{authority}/{type}/{segment}[/{qualifier}]`, shared by /id/lic/ and /doc/{format}/lic/.
    """

    base: str
    authority: str
    type: str
    number: str
    qualifier: str | None = None
    tail: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _require_known_form(self.base, self.authority, self.type)
        if self.qualifier is not None:
            _require_qualifier(self.qualifier)
        if is_citizen_number(self.number):
            # The number itself stays out of the message: messages go to logs.
            raise NumberRefused(self.number, "citizen-number", "a 13-digit citizen number", "no personal number")
        segment = encode_number(self.number)
        if not _PLAIN_NUMBER.fullmatch(self.number) and registered(self.number) != self.number:
            raise MalformedIri(self.number, "number", "a registered number")
        tail = f"{self.authority}/{self.type}/{segment}"
        # Once: it is in each statement about the licence.
        object.__setattr__(self, "tail", tail if self.qualifier is None else f"{tail}/{self.qualifier}")

    def __str__(self) -> str:
        return self.base + self.path

    @property
    def path(self) -> str:
        """`/id/lic/...`, without the base."""
        return f"/id/lic/{self.tail}"

    def fragment(self, kind: str, n: int) -> str:
        """The IRI of an inner node, `...#premises-1`: `kind` in lower-case letters, `n` from 1."""
        if not _FRAGMENT_KIND.fullmatch(kind) or n < 1:
            raise MalformedIri(f"{kind}-{n}", "fragment", "lower-case letters and a count from 1")
        return f"{self}#{kind}-{n}"


# One authority has thousands of licences of one type.
@lru_cache(maxsize=1024)
def _require_known_form(base: str, authority: str, type: str) -> None:
    for name, value, pattern in (("base", base, _BASE), ("authority", authority, _AUTHORITY), ("type", type, _TYPE)):
        if not pattern.fullmatch(value):
            raise MalformedIri(value, name, pattern.pattern)


def license_iri(base: str, authority: str, type: str, number: str, qualifier: str | None = None) -> LicenseIri:
    """The IRI of a licence from its number as received; raises MalformedIri or NumberRefused."""
    return LicenseIri(base, authority, type, registered(number), qualifier)


def parse_license_iri(base: str, text: str) -> LicenseIri:
    """The licence named by a full IRI in its one spelling; raises MalformedIri. `str()` gives `text` back."""
    prefix = f"{base}/id/lic/"
    if not text.startswith(prefix):
        raise MalformedIri(text, "base", prefix)
    return parse_license_tail(base, text[len(prefix) :])


def parse_license_tail(base: str, tail: str) -> LicenseIri:
    """The licence named by `{authority}/{type}/{segment}[/{qualifier}]`; raises MalformedIri."""
    match tail.split("/"):
        case [authority, type, segment]:
            qualifier = None
        case [authority, type, segment, qualifier]:
            pass
        case _:
            raise MalformedIri(tail, "shape", "{authority}/{type}/{number}[/{qualifier}]")
    try:
        return LicenseIri(base, authority, type, decode_number(segment), qualifier)
    except NumberRefused as error:
        # Only a citizen's number comes here from a canonical segment; it is named, not repeated, as above.
        raise MalformedIri(error.got, "number", error.expected) from error


def _require_qualifier(qualifier: str) -> None:
    match = _QUALIFIER.fullmatch(qualifier)
    if match is None:
        raise MalformedIri(qualifier, "qualifier", "o{office}.be{year}.d{YYYY-MM-DD}.n{k}, in this order")
    if match["date"] is not None:
        try:
            date.fromisoformat(match["date"])
        except ValueError as error:
            raise MalformedIri(qualifier, "qualifier", "a date that exists") from error


def lookup_key(number: str) -> str:
    """The form under which spellings of one number meet: runs of digits and of folded letters joined by `-`.

    Takes anything a person may type; raises nothing; idempotent; empty when there is no letter or digit.
    `1/2567` and `12/567` stay apart.  For finding, never for identity: an index on it is not unique.
    """
    return "-".join(_GROUP.findall(_skeleton(number)))


def weak_key(number: str) -> str:
    """A looser key for suggestions only ("did you mean"), never for a redirect.

    Beyond `lookup_key`: leading zeros and label words dropped, a last two-digit year read as 25xx, O = 0,
    l = I = 1.
    """
    key = _weakened(number)
    while (weaker := _weakened(key)) != key:  # a look-alike may uncover a label: "regl" is "reg-1"
        key = weaker
    return key


_ASCII_SKELETON: Final = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}


def _skeleton(text: str) -> str:
    """Letters folded, digits as 0-9, and a space for everything else."""
    if text.isascii():  # most numbers: the same, at once
        return text.translate(_ASCII_SKELETON)
    while (folded := _folded(text)) != text:  # normalization and the order of marks may each enable the other
        text = folded
    return "".join(map(_skeleton_character, text))


def _skeleton_character(char: str) -> str:
    kind = category(char)
    if kind == "Nd":
        return str(decimal(char))
    return char if kind[0] in "LMN" else " "


def _folded(text: str) -> str:
    visible = "".join(char for char in text if category(char) != "Cf").translate(_PRIVATE_USE_GLYPHS)
    text = normalize("NFKC", normalize("NFD", visible).casefold())  # NFKC takes SARA AM apart
    text = text.replace("\u0e40\u0e40", "\u0e41")
    text = _TONES_AFTER_SARA_AM.sub("\\1\u0e4d\u0e32", text)
    return _THAI_MARKS.sub(lambda marks: "".join(sorted(marks[0], key=_mark_order)), text)


def _mark_order(mark: str) -> tuple[int, str]:
    return combining(mark), mark  # agrees with canonical ordering, so that normalizing again moves nothing


# Single words, of which labels such as เลขที่ are made: no run can be cut in two ways, so matching stays linear.
_LABEL_WORDS: Final = (
    *("เลข", "ที่", "เล่ม", "ฉบับ", "ลำดับ", "ทะเบียน", "ใบอนุญาต", "ปี"),
    *("registration", "reg", "number", "no", "licence", "license", "lic", "permit"),
)
_LABELS: Final = re.compile(f"(?:{'|'.join(map(lookup_key, _LABEL_WORDS))})+")


def _weakened(text: str) -> str:
    text = _skeleton(text)
    bare = _LETTERS.sub(lambda run: " " if _LABELS.fullmatch(run[0]) else run[0], _BUDDHIST_ERA.sub(" ", text))
    # A number that is nothing but labels keeps them.
    groups = _GROUP.findall((bare if bare.strip() else text).translate(_LOOK_ALIKES))
    groups = [group.lstrip("0") or "0" if group.isdecimal() else group for group in groups]
    digits = [at for at, group in enumerate(groups) if group.isdecimal()]
    if len(digits) > 1 and len(groups[digits[-1]]) == 2:
        groups[digits[-1]] = "25" + groups[digits[-1]]
    return "-".join(groups)
