"""What another register answers, read once into frozen values: changes, and the document of a licence.

Whoever serves these members can be harvested, whatever software it runs (docs/harvesting.md).
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, TypeGuard

from registry.entries import ChangeKind
from verify.document import Document, parse_document
from verify.errors import MalformedDocument
from vocab.history import ActKind, Status
from vocab.terms import ACT_KIND, LICENSE_STATUS, RECORD_STATUS

MAX_CHANGES_BYTES = 8 << 20
MAX_DOCUMENT_BYTES = 1 << 20
MAX_ACTS = 1_000
MAX_IRI = 2_000
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class AnswerMalformed(ValueError):
    """An answer has not the form that is expected. Says what was read and what was expected."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the feed. `digest` is the SHA-256 of the licence's credential, empty where it has none, or is deleted."""

    sequence: int
    kind: ChangeKind
    license: str
    digest: bytes

    @property
    def mark(self) -> str:
        """What stands for this change: a feed that is followed has it at its place for ever."""
        return hashlib.sha256(
            json.dumps([self.sequence, self.kind.value, self.license, self.digest.hex()]).encode()
        ).hexdigest()


@dataclass(frozen=True, slots=True)
class Changes:
    """One answer of the feed."""

    changes: tuple[Change, ...]
    is_last: bool


def read_changes(body: bytes, after: int) -> Changes:
    """The changes after the sequence `after` in an answer; a server of files gives all of them. Raises `AnswerMalformed`."""
    told = _object(body, MAX_CHANGES_BYTES)
    listed, more = told.get("changes"), told.get("more")
    if not isinstance(listed, list) or not isinstance(more, bool):
        raise AnswerMalformed("the feed has a list `changes` and says with `more` whether there are others")
    found = [_change(each) for each in listed]
    for one, other in pairwise(found):
        if other.sequence <= one.sequence:
            raise AnswerMalformed(f"sequences of the feed ascend (got {other.sequence} after {one.sequence})")
    return Changes(tuple(each for each in found if each.sequence > after), not more)


def _change(node: object) -> Change:
    if not isinstance(node, dict):
        raise AnswerMalformed("a change of the feed is an object")
    sequence, license = node.get("sequence"), node.get("license")
    if not isinstance(sequence, int) or isinstance(sequence, bool) or not 0 < sequence < 1 << 62:
        raise AnswerMalformed(f"the sequence of a change is a number above 0 (got {str(sequence)[:40]})")
    if not _is_iri(license):
        raise AnswerMalformed(f"a change names its licence by its IRI (got {str(license)[:200]})")
    try:
        kind = ChangeKind(str(node.get("kind")))
    except ValueError:
        raise AnswerMalformed(f"a change is create, update or delete (got {str(node.get('kind'))[:40]})") from None
    digest = node.get("digest", "")
    match = _DIGEST.fullmatch(digest) if isinstance(digest, str) else None
    if digest and match is None:
        raise AnswerMalformed(f"a digest is sha256: and 64 hexadecimal digits (got {str(digest)[:100]})")
    return Change(sequence, kind, license, bytes.fromhex(match[1]) if match else b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldAct:
    """An act as the other register tells it."""

    kind: ActKind
    number: str
    on: date | None
    until: date | None
    reason: str
    successor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldLicense:
    """What the document of a licence says beside its credential: the status, and the acts that are not void, as they were told.

    `same_as`: of which others it says that they are the same licence: where it has it from. `is_stale`: it is not sure itself.
    """

    iri: str
    status: Status
    acts: tuple[ToldAct, ...]
    same_as: tuple[str, ...]
    is_stale: bool


def read_license(body: bytes) -> ToldLicense:
    """The licence in a JSON-LD document. Its members are read by their names, as our own software writes them.

    Raises `AnswerMalformed`; unknown means no.
    """
    told = _object(body, MAX_DOCUMENT_BYTES)
    iri, status = told.get("id"), told.get("licenseStatus")
    if not _is_iri(iri):
        raise AnswerMalformed("the document of a licence names it with `id`")
    if not isinstance(status, str) or status.removeprefix(LICENSE_STATUS) not in set(Status):
        raise AnswerMalformed(
            f"licenseStatus is {LICENSE_STATUS} and one of {', '.join(Status)} (got {str(status)[:200]})"
        )
    acts = told.get("act", [])
    if not isinstance(acts, list) or len(acts) > MAX_ACTS:
        raise AnswerMalformed(f"`act` is a list of at most {MAX_ACTS} acts")
    void = {str(each["voids"]) for each in acts if isinstance(each, dict) and "voids" in each}
    same = told.get("sameAs", [])
    record = told.get("record")
    stale = isinstance(record, dict) and record.get("recordStatus") == RECORD_STATUS + "stale"
    return ToldLicense(
        iri=iri,
        status=Status(status.removeprefix(LICENSE_STATUS)),
        acts=tuple(_act(each) for each in acts if not (isinstance(each, dict) and str(each.get("id", "")) in void)),
        same_as=tuple(filter(_is_iri, map(_identifier, same if isinstance(same, list) else [same]))),
        is_stale=stale,
    )


def _act(node: object) -> ToldAct:
    if not isinstance(node, dict):
        raise AnswerMalformed("an act is an object")
    kind = str(node.get("actKind", "")).removeprefix(ACT_KIND)
    if kind not in set(ActKind):
        raise AnswerMalformed(f"actKind is {ACT_KIND} and one of {', '.join(ActKind)} (got {kind[:100]})")
    return ToldAct(
        kind=ActKind(kind),
        number=str(node.get("id", "")).rpartition("#")[2],
        on=_day(node, "effectiveFrom"),
        until=_day(node, "effectiveUntil"),
        reason=" ".join(str(node.get(name, "")) for name in ("orderRef", "reason") if node.get(name)).strip(),
        successor=str(node.get("successor", "")),
    )


def _identifier(node: object) -> object:
    """The IRI of a node, which may be given as an object."""
    return node.get("id", node.get("@id")) if isinstance(node, dict) else node


def _day(node: Mapping[str, Any], name: str) -> date | None:
    value = node.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise AnswerMalformed(f"{name} of an act is a day such as 2026-11-21 (got {str(value)[:40]})")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise AnswerMalformed(f"{name} of an act is a day of the calendar (got {value})") from None


def _is_iri(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= MAX_IRI and value.isascii() and value.isprintable()


def _object(body: bytes, at_most: int) -> Document:
    try:
        return parse_document(body, max_bytes=at_most)
    except MalformedDocument as error:
        raise AnswerMalformed(f"a JSON object is expected: {error}") from error
