"""The PDFs that authorities upload: kept in a folder by their SHA-256, and shown as long as a public licence leads to them.

The same bytes are kept once. A file is written beside its place, looked through, and put there whole; what a crash leaves is led
to by nothing, and goes with the next clearing.
"""

import contextlib
import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol, cast

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from registry import urls
from registry.access.acts import change_links
from registry.access.link import Declared, Link, Origin, links_told
from registry.access.links import By, links_of
from registry.access.pdf.scanning import FileRefused, require_only_shown
from registry.on_disk import put_names_on_disk
from registry.record import LicenseRecord
from registry.register import Register
from registry.store import Store
from registry.tables import AccessFileRow, EntryRow, LicenseAccessRow, LicenseRow
from vocab.access import AccessRights, LicenseAccess, digest_of_hex, has_hidden
from vocab.iri import LicenseIri

MAX_FILE_BYTES = 20 << 20
PDF = "application/pdf"
ABANDONED_SECONDS = 3_600
_BLOCK = 1 << 16


class QuotaExceeded(ValueError):
    """The authority's files take as much room as they may."""


class FileNotRedacted(ValueError):
    """The licence is shown with less than stands on it, and nobody has said that the file is."""


class FileWithdrawn(LookupError):
    """The file was here, and no public licence leads to it any more."""


class Readable(Protocol):
    """What a file is read from."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Files:
    """The folder of files, and how many bytes those of one authority may have together."""

    folder: Path
    quota: int

    def path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / f"{sha256}.pdf"

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Waits until nobody else puts files here or clears them away."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / "lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextlib.contextmanager
    def incoming(self) -> Iterator[IO[bytes]]:
        """A file that is gone at the end, unless it was put in its place."""
        folder = self.folder / "incoming"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            yield cast(IO[bytes], file)

    def put(self, file: Path, sha256: str) -> None:
        """Puts a file that is on disk in its place, whole."""
        place = self.path(sha256)
        if place.exists():
            return
        place.parent.mkdir(mode=0o700, exist_ok=True)
        os.link(file, place)
        put_names_on_disk(place.parent)


def upload(
    register: Register, files: Files, iri: LicenseIri, body: Readable, by: By, *, redacted: bool = False
) -> tuple[Link, ...]:
    """Keeps the PDF in `body` as the document of a licence, in the place of the one before; the same again changes nothing.

    `redacted`: the authority says that it shows nothing which the register withholds of this licence. Returns the links that are
    told then. Raises `FileRefused`, `QuotaExceeded`, `FileNotRedacted`, and as `registry.access.acts.set_links`.
    """
    with files.incoming() as file:
        sha256, size = _taken_in(body, file)
        path = Path(file.name)
        require_only_shown(path)

        def declared(record: LicenseRecord, store: Store) -> Sequence[Declared]:
            _require_redacted(record, store, redacted=redacted)
            _keep(register, store, record, files, sha256, size)
            files.put(path, sha256)
            access = LicenseAccess(
                rights=AccessRights.PUBLIC,
                download_url=register.base + urls.access_file(sha256),
                media_type=PDF,
                digest=digest_of_hex(sha256),
            )
            return [Declared(access=access, sha256=sha256, size=size, redacted=redacted)]

        with files.alone():
            told = change_links(register, iri, Origin.FILE, by, declared)
    clear(register, files)
    return told


def withdraw_file(register: Register, files: Files, iri: LicenseIri, by: By) -> tuple[Link, ...]:
    """Shows the file of a licence no more; its bytes go, where no other licence leads to them. Raises as `set_links`."""
    told = change_links(register, iri, Origin.FILE, by, lambda record, store: [])
    clear(register, files)
    return told


def clear(register: Register, files: Files) -> int:
    """Removes the bytes that no link leads to, and what uploads that were cut off left. Returns how many files went."""
    with files.alone(), register.database.writing() as session:
        is_led_to = exists().where(LicenseAccessRow.file_sha256 == AccessFileRow.sha256)
        rows = session.scalars(select(AccessFileRow).where(AccessFileRow.removed_at.is_(None), ~is_led_to)).all()
        for row in rows:
            files.path(row.sha256).unlink(missing_ok=True)
            row.removed_at = register.now()
    for left in (files.folder / "incoming").glob("*"):
        with contextlib.suppress(FileNotFoundError):
            if left.stat().st_mtime < time.time() - ABANDONED_SECONDS:
                left.unlink()
    return len(rows)


def shown_for(store: Store, sha256: str) -> LicenseRecord | None:
    """A public licence whose document the file is; None where there never was such a file. Raises `FileWithdrawn`."""
    if store.session.get(AccessFileRow, sha256) is None:
        return None
    query = (
        select(LicenseAccessRow.license_id)
        .join(EntryRow, EntryRow.license_id == LicenseAccessRow.license_id)
        .where(LicenseAccessRow.file_sha256 == sha256)
        .order_by(LicenseAccessRow.license_id)
    )
    for record in store.records(store.session.scalars(query).all()):
        license_type = store.require_license_type(record.license.iri.type)
        told = links_told(links_of(store.session, store.codec, record.id), record.license, license_type)
        if any(each.declared.sha256 == sha256 for each in told):
            return record
    raise FileWithdrawn("this file was withdrawn: no licence leads to it any more")


def _taken_in(body: Readable, file: IO[bytes]) -> tuple[str, int]:
    """The SHA-256 and size of what came, which is on disk then. Raises `FileRefused` for what is too large."""
    digest, size = hashlib.sha256(), 0
    while block := body.read(_BLOCK):
        size += len(block)
        if size > MAX_FILE_BYTES:
            raise FileRefused(
                f"a PDF has at most {MAX_FILE_BYTES >> 20} MB here: scan it in less detail (200 dpi is enough)"
            )
        digest.update(block)
        file.write(block)
    file.flush()
    os.fsync(file.fileno())
    return digest.hexdigest(), size


def _require_redacted(record: LicenseRecord, store: Store, *, redacted: bool) -> None:
    license_type = store.require_license_type(record.license.iri.type)
    if not redacted and any(has_hidden(face, license_type) for face in (record.license, record.newest)):
        raise FileNotRedacted(
            "the public is not told everything that stands on this licence, since its licensee is a person: upload a copy in "
            "which that is blacked out, and say so (redacted)"
        )


def _keep(register: Register, store: Store, record: LicenseRecord, files: Files, sha256: str, size: int) -> None:
    """Notes the file. Raises `QuotaExceeded`."""
    session, authority_id = store.session, store.authority_id(record.license.iri.authority)
    used = _used(session, authority_id, sha256, record.id)
    if used + size > files.quota:
        raise QuotaExceeded(
            f"the files of this authority may have {files.quota >> 20} MB together (they have {used >> 20} MB, and this one has "
            f"{size >> 10} KB): withdraw some, or ask who runs this registry for more"
        )
    row = session.get(AccessFileRow, sha256)
    if row is None:
        now = register.now()
        row = AccessFileRow(sha256=sha256, size=size, authority_id=authority_id, stored_at=now, removed_at=None)
        session.add(row)
    row.removed_at = None
    session.flush()


def _used(session: Session, authority_id: int, sha256: str, license_id: int) -> int:
    """The bytes of the authority's files, but for the one that is uploaded and the one whose place it takes."""
    led_to = (
        select(LicenseAccessRow.file_sha256)
        .join(LicenseRow, LicenseRow.id == LicenseAccessRow.license_id)
        .where(LicenseRow.authority_id == authority_id, LicenseRow.id != license_id)
    )
    query = select(func.sum(AccessFileRow.size)).where(AccessFileRow.sha256.in_(led_to), AccessFileRow.sha256 != sha256)
    return session.scalar(query) or 0
