"""Where the document of a licence is, as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from registry.access.checks import NOT_YET, Check, checks_of
from registry.access.link import Link, Origin, links_told
from registry.access.links import known_links
from registry.record import LicenseRecord
from registry.store import Store
from registry.translation import marked as _
from vocab.access import AccessRights
from vocab.authority import LicenseType

RIGHTS = {
    AccessRights.PUBLIC: _("Open to everybody"),
    AccessRights.RESTRICTED: _("For those who have a right to it, after a log-in at the agency"),
    AccessRights.NON_PUBLIC: _("Not open to the public"),
}
KINDS = {
    "application/pdf": "PDF",
    "text/html": _("web page"),
    "image/jpeg": _("picture (JPEG)"),
    "image/png": _("picture (PNG)"),
}
"""What people call a media type."""
KILOBYTE = 1024


@dataclass(frozen=True, slots=True)
class DocumentLink:
    """A link with what was found at it."""

    link: Link
    check: Check

    @property
    def rights(self) -> str:
        return RIGHTS[self.link.access.rights]

    @property
    def is_public(self) -> bool:
        return self.link.access.rights is AccessRights.PUBLIC

    @property
    def is_restricted(self) -> bool:
        return self.link.access.rights is AccessRights.RESTRICTED

    @property
    def is_kept_here(self) -> bool:
        return self.link.origin is Origin.FILE

    @property
    def media_type(self) -> str:
        """As the authority says or, where it does not, as it was when it was looked at."""
        return self.link.access.media_type or self.check.media_type

    @property
    def kind(self) -> str:
        """What the document is, for people."""
        return KINDS.get(self.media_type, self.media_type)

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")

    @property
    def size(self) -> int | None:
        """In bytes."""
        return self.link.declared.size or self.check.size

    @property
    def size_in_words(self) -> str:
        return in_words(self.size) if self.size else ""

    @property
    def has_failed(self) -> bool:
        """Whether the last attempt says something about the link that its readers should know."""
        return self.check.is_failure

    @property
    def failed_at(self) -> datetime | None:
        return self.check.attempted_at if self.has_failed else None

    @property
    def was_not_looked_at(self) -> bool:
        """Whether an attempt was made that says nothing about the link."""
        return self.check.attempted_at is not None and not self.check.is_fine and not self.has_failed


def in_words(size: int) -> str:
    """A size in the unit that people use for files: `912 KB`, `1.4 MB`."""
    if size < KILOBYTE * KILOBYTE:
        return f"{max(1, round(size / KILOBYTE))} KB"
    return f"{size / KILOBYTE / KILOBYTE:.1f} MB"


def document_links(store: Store, record: LicenseRecord, license_type: LicenseType) -> Sequence[DocumentLink]:
    """The links that the public is told; the open ones first."""
    links = links_told(known_links(store.session, store.codec, record), record.license, license_type)
    checks = checks_of(store.session, (each.target for each in links))
    order = list(AccessRights)
    found = [DocumentLink(each, checks.get(each.target or 0, NOT_YET)) for each in links]
    return sorted(found, key=lambda each: (order.index(each.link.access.rights), each.link.number))
