"""The dumps of another register: which licences it had at which place of its feed, as its authority signed it."""

import csv
import hashlib
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registry import urls
from registry.dumps.files import MANIFEST
from verify.dataset import Manifest, read_manifest
from verify.errors import CouldNotCheck, FetchFailed, VerificationError
from verify.fetch import Fetcher
from verify.trust import TrustData
from vocab.open_data import dataset_iri

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_DUMP_BYTES = 256 << 20
MAX_UNPACKED_BYTES = 4 << 30
FORM = "csv"


class DumpRefused(ValueError):
    """A dump is not what its authority signed, or not of the form that is expected. Says what was read and what was expected."""


@dataclass(frozen=True, slots=True)
class Dump:
    """A dump that was proven: its manifest, with the bytes that were signed, and the packed table."""

    url: str
    manifest: Manifest
    signed: bytes
    packed: bytes

    def licenses(self) -> Iterator[tuple[str, bytes]]:
        """Each licence: its IRI there, and the SHA-256 of its credential, empty where it had none. Raises `DumpRefused`."""
        count = 0
        try:
            with zstd.open(io.BytesIO(self.packed)) as unpacked:
                text = io.TextIOWrapper(io.BufferedReader(_Bounded(unpacked)), encoding="utf-8-sig", newline="")
                for row in csv.DictReader(text, strict=True):
                    count += 1
                    yield row["iri"], bytes.fromhex(row["credential_sha256"] or "")
        except (zstd.ZstdError, EOFError, csv.Error, KeyError, TypeError, ValueError) as error:
            raise DumpRefused(f"the table of {self.url} cannot be read ({error})") from error
        if count != self.manifest.count:
            raise DumpRefused(f"{self.url} has {count} licences, and its manifest says {self.manifest.count}")


class _Bounded(io.RawIOBase):
    """A file that is refused once it has grown too large."""

    def __init__(self, file: "zstd.ZstdFile") -> None:
        self._file = file
        self._read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        # In steps: a small file can unpack to a very large one.
        found = self._file.read(len(buffer))
        self._read += len(found)
        if self._read > MAX_UNPACKED_BYTES:
            raise ValueError("it unpacks to more than is looked at")
        buffer[: len(found)] = found
        return len(found)


def fetched_dump(fetcher: Fetcher, authority: str, license_type: str, trust: TrustData, at: datetime) -> Dump | None:
    """The last dump of one dataset, proven; None where there is none. Raises `DumpRefused`, `FetchFailed`."""
    base = trust.base
    url = base + urls.data_file(authority, license_type, MANIFEST)
    reply = fetcher.ask(url)
    if reply.status in (404, 410):
        return None
    if reply.status != 200:
        raise FetchFailed(f"{url} answered {reply.status}, expected 200 or 404")
    try:
        manifest = read_manifest(reply.body, base, trust, at)
    except (VerificationError, CouldNotCheck) as error:
        raise DumpRefused(f"the manifest {url} is not signed as it should be ({error.code}: {error})") from error
    file = manifest.files.get(FORM)
    if manifest.dataset != dataset_iri(base, authority, license_type) or file is None:
        raise DumpRefused(
            f"the manifest {url} is of another dataset, or names no {FORM} (got {manifest.dataset[:200]})"
        )
    if not file.url.startswith(f"{base}/") or file.size > MAX_DUMP_BYTES:
        raise DumpRefused(f"the file of {url} is elsewhere or too large ({file.url[:200]}, {file.size} bytes)")
    packed = fetcher.get(file.url, accept="*/*", max_bytes=file.size + 1)
    sha256 = hashlib.sha256(packed).hexdigest()
    if len(packed) != file.size or sha256 != file.sha256:
        raise DumpRefused(
            f"{file.url[:200]} is not the file that was signed (got {len(packed)} bytes, sha256 {sha256}; expected "
            f"{file.size} bytes, {file.sha256[:64]})"
        )
    return Dump(url, manifest, reply.body, packed)
