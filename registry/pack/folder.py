"""The folder that the inspector pack is served from: made anew now and then by who asks first, and taken by all others as it is.

Parts are files named by their digest, which never change; the manifest is put in place last. A part that no manifest names any
more is kept for an hour, for those who are still downloading.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

from registry.on_disk import PARTIAL, put_file
from registry.pack.making import make_pack
from registry.register import Register
from verify.errors import PackRefused
from verify.manifest import Manifest, open_manifest, whole

FRESH = timedelta(minutes=5)
"""A pack of this age is given out as it is."""
KEPT = timedelta(hours=1)
MANIFEST = "manifest.cose"
WHOLE = "whole.pack"
_LOCK = ".lock"


class PackFolder:
    """The pack of `register` in `folder`. `stale_after` is written into it."""

    def __init__(self, register: Register, folder: Path, stale_after: timedelta) -> None:
        self._register = register
        self._folder = folder
        self._stale_after = stale_after

    def manifest(self) -> bytes:
        """The manifest of a pack that is fresh enough. Raises `SettingInvalid`, `SigningUnavailable`, OSError."""
        standing = self._standing()
        if standing is None:
            with self._alone(waits=True):
                standing = self._standing() or self._made()
        elif not self._is_fresh(standing):
            with contextlib.suppress(BlockingIOError), self._alone(waits=False):
                standing = self._made()
        return standing.raw

    def part(self, sha256: str) -> Path | None:
        """The file of a part, or None."""
        file = self._folder / sha256
        return file if file.is_file() else None

    def whole(self) -> Path:
        """The pack as one file."""
        self.manifest()
        return self._folder / WHOLE

    def renew(self) -> Manifest:
        """Makes the pack anew, whatever its age."""
        with self._alone(waits=True):
            return self._made()

    def _standing(self) -> Manifest | None:
        try:
            raw = (self._folder / MANIFEST).read_bytes()
            return open_manifest(raw, self._register.now())
        except (FileNotFoundError, PackRefused):
            return None

    def _is_fresh(self, manifest: Manifest) -> bool:
        age = self._register.now() - manifest.made
        return timedelta() <= age < FRESH and manifest.base == self._register.base

    def _made(self) -> Manifest:
        made = make_pack(self._register, self._stale_after)
        manifest = open_manifest(made.manifest, self._register.now())
        parts = {part.sha256: made.parts[part.kind, part.index] for part in manifest.parts}
        for sha256, body in parts.items():
            file = self._folder / sha256.hex()
            if not file.exists():
                put_file(file, body)
        put_file(self._folder / WHOLE, whole(manifest, parts))
        put_file(self._folder / MANIFEST, manifest.raw)
        self._clear_away(parts)
        return manifest

    def _clear_away(self, named: Mapping[bytes, bytes]) -> None:
        """Notes for the parts that are named that they were; removes those that were not for long, and what a crash left."""
        names = {sha256.hex() for sha256 in named}
        now = self._register.now().timestamp()
        for file in self._folder.iterdir():
            if file.name in names:
                os.utime(file, (now, now))
            elif (len(file.name) == 64 or file.suffix == PARTIAL) and now - file.stat().st_mtime > KEPT.total_seconds():
                file.unlink()

    @contextlib.contextmanager
    def _alone(self, *, waits: bool) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
            yield
        finally:
            os.close(lock)
