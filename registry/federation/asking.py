"""Asking another register: its feed and the documents of its licences, within bounds; each answer is kept as it came."""

import hashlib
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from registry import urls
from registry.federation.answers import MAX_CHANGES_BYTES, MAX_DOCUMENT_BYTES, AnswerMalformed, Changes, read_changes
from registry.intake.keeping import keep_bytes
from registry.register import Register
from registry.tables import OriginAnswerRow
from verify.fetch import Fetcher, Reply
from vocab.iri import LicenseIri

PAGE = 500
SECONDS = 60.0
"""How long one document may take."""
BUSY = 429


class Busy(Exception):
    """A register cannot answer now, or not us: says nothing about what was asked."""


class Strange(Exception):
    """A register answers what nobody expects."""


class Gone(Exception):
    """A register says that there is no such licence (any more), or that it is another one by now."""


@dataclass(slots=True)
class Asking:
    """The answers of one origin in one attempt. Those that are waiting to be kept are in `answers`: (address, body)."""

    fetcher: Fetcher
    base: str
    answers: list[tuple[str, bytes]] = field(default_factory=list)

    def changes(self, after: int, etag: str = "") -> tuple[Changes | None, str]:
        """The changes after a sequence, and the answer's ETag; None where all is as it was when it had this `etag`.

        Raises `Busy`, `Strange`, `FetchFailed`.
        """
        url = f"{self.base}{urls.api_changes()}?{urlencode({'after': max(after, 0), 'limit': PAGE})}"
        reply = self._asked(url, {"If-None-Match": etag} if etag else {}, MAX_CHANGES_BYTES)
        if reply.status == 304 and etag:
            return None, etag
        if reply.status != 200:
            raise Strange(f"{url} answered {reply.status}, expected 200")
        try:
            found = read_changes(reply.body, after)
        except AnswerMalformed as error:
            raise Strange(f"{url}: {error}") from error
        self.answers.append((url, reply.body))
        return found, reply.headers.get("etag", "")

    def document(self, iri: LicenseIri, form: str) -> bytes:
        """One document of a licence there. Raises `Gone`, `Busy`, `Strange`, `FetchFailed`."""
        url = self.base + urls.license_document(iri, form)
        reply = self._asked(url, {}, MAX_DOCUMENT_BYTES)
        if reply.status in (404, 410):
            raise Gone(f"{url} answered {reply.status}")
        if reply.status == 200 and reply.url != url:
            raise Gone(f"{url} leads to {reply.url[:200]}")
        if reply.status != 200:
            raise Strange(f"{url} answered {reply.status}, expected 200")
        self.answers.append((url, reply.body))
        return reply.body

    def keep(self, register: Register, session: Session, origin_id: int) -> None:
        """Keeps the answers that were not kept yet, with their addresses, in the transaction of `session`."""
        now = register.now()
        for url, body in self.answers:
            sha256 = hashlib.sha256(body).hexdigest()
            keep_bytes(session, sha256, body, now)
            session.flush()
            session.add(OriginAnswerRow(origin_id=origin_id, url=url, sha256=sha256, at=now))
        session.flush()
        self.answers.clear()

    def _asked(self, url: str, headers: dict[str, str], at_most: int) -> Reply:
        fetcher = replace(self.fetcher, seconds=SECONDS)
        reply = fetcher.ask(url, headers={"Accept": "application/json, */*;q=0.1", **headers}, max_bytes=at_most)
        if reply.status in (401, 403, BUSY) or reply.status >= 500:
            raise Busy(f"{url} answered {reply.status}")
        return reply
