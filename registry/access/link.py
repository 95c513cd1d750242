"""The links of a licence as values, apart from where they are stored: processes that make lines of dumps know no database."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from registry.codec import Codec
from vocab.access import LicenseAccess, has_hidden, tells_hidden
from vocab.authority import LicenseType
from vocab.graph import Node, access_node
from vocab.license import License


class Origin(StrEnum):
    """Where a link was said: in the authority's `list`; `declared` by its system or by a command; with a `file` of its own."""

    LIST = "list"
    DECLARED = "declared"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What was said of a link. For a file that is kept here: its SHA-256, its size, and whether the authority has said that it
    shows nothing which the register withholds (`redacted`)."""

    access: LicenseAccess
    sha256: str = ""
    size: int = 0
    redacted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link that stands, since `at`. `target` is the id of what a checker visits of it."""

    number: int
    origin: Origin
    declared: Declared
    at: datetime
    target: int | None = None

    @property
    def access(self) -> LicenseAccess:
        return self.declared.access


class StoredLink(NamedTuple):
    """The same as it is stored."""

    number: int
    origin: str
    document: str
    at: datetime
    target: int | None = None

    def read(self, codec: Codec) -> Link:
        declared = codec.load(self.document, Declared)
        return Link(number=self.number, origin=Origin(self.origin), declared=declared, at=self.at, target=self.target)


def links_told(links: Iterable[Link], license: License, license_type: LicenseType) -> tuple[Link, ...]:
    """Those of the links that the public is told. `license` is all that stands on it.

    None whose address says what the type does not disclose; no file that shows the licence in full where the register does not.
    """
    found = tuple(links)
    if not found or not has_hidden(license, license_type):
        return found
    return tuple(
        each
        for each in found
        if (
            each.declared.redacted
            if each.origin is Origin.FILE
            else not tells_hidden(each.access, license, license_type)
        )
    )


def link_nodes(links: Iterable[Link], license: License, base: str) -> tuple[Node, ...]:
    """The links that the public is told, as JSON-LD."""
    return tuple(
        access_node(
            each.access,
            license,
            each.number,
            base,
            byte_size=each.declared.size or None,
            retrieved=each.at if each.origin is Origin.FILE else None,
        )
        for each in links
    )


def links_digest(links: Iterable[Link], codec: Codec) -> str:
    """What stands for the links that the public is told; empty for none."""
    texts = [f"{each.number} {each.origin} {codec.dump(each.declared)}" for each in links]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:32] if texts else ""
