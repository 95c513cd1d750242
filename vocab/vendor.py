"""`python -m vocab.vendor NODE_MODULES`: copies the public contexts that npm installed to where they are read.

Only files with the pinned hash are taken. What is not ours is never committed; a built wheel has the copies in it.
"""

import hashlib
import sys
from pathlib import Path

from vocab.contexts import PINNED, VENDOR, ContextAltered, ContextNotInstalled, Pinned


def install_contexts(node_modules: Path, folder: Path = VENDOR) -> list[Path]:
    """Copies every pinned context from `node_modules` into `folder`, and returns the files.

    Raises `ContextNotInstalled` where npm did not install a package, `ContextAltered` for other bytes than the pinned ones.
    """
    contents = {folder / pinned.path.name: _as_published(node_modules, pinned) for pinned in PINNED.values()}
    folder.mkdir(parents=True, exist_ok=True)
    for path, raw in contents.items():
        path.write_bytes(raw)
    for path in set(folder.iterdir()) - contents.keys():
        path.unlink()
    return sorted(contents)


def _as_published(node_modules: Path, pinned: Pinned) -> bytes:
    source = node_modules / pinned.source
    try:
        raw = source.read_bytes()
    except FileNotFoundError as error:
        raise ContextNotInstalled(f"npm has not installed {pinned.source}") from error
    # Some packages' copies differ from the published file in the line feed at its end.
    for candidate in (raw, raw.rstrip(), raw.rstrip() + b"\n"):
        if hashlib.sha256(candidate).hexdigest() == pinned.sha256:
            return candidate
    found = hashlib.sha256(raw).hexdigest()
    raise ContextAltered(f"{pinned.source} does not have its pinned hash (got {found}, expected {pinned.sha256})")


if __name__ == "__main__":
    install_contexts(Path(sys.argv[1]))
