"""`python -m registry.vendor NODE_MODULES`: copies the browser modules that npm installed to where they are served from.

As with the contexts (`vocab.vendor`), only files with the pinned hash are taken, and none is committed; a wheel has them in it.
"""

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

VENDOR = Path(__file__).resolve().parents[1] / "static" / "vendor"


class Module(NamedTuple):
    """A file of an npm package, by the name that it is served under."""

    name: str
    source: str
    sha256: str


MODULES = (
    # Where a browser has no Ed25519 of its own.
    Module(
        "noble-ed25519.js",
        "@noble/ed25519/index.js",
        "a4f631d1876b5d9e43a86cd71194ca27b5e1451edf4ba4db9a418f40a475569a",
    ),
)


class ModuleNotInstalled(LookupError):
    """npm has not installed the package that brings the module."""


class ModuleAltered(ValueError):
    """The file has other bytes than the pinned ones."""


def install_modules(node_modules: Path, folder: Path = VENDOR, modules: Sequence[Module] = MODULES) -> list[Path]:
    """Copies each module from `node_modules` into `folder`, where nothing else is left, and returns the files.

    Raises `ModuleNotInstalled`, `ModuleAltered`; nothing is written then.
    """
    contents = {folder / module.name: _content(node_modules, module) for module in modules}
    folder.mkdir(parents=True, exist_ok=True)
    for path, raw in contents.items():
        path.write_bytes(raw)
    for path in set(folder.iterdir()) - contents.keys():
        path.unlink()
    return sorted(contents)


def _content(node_modules: Path, module: Module) -> bytes:
    try:
        raw = (node_modules / module.source).read_bytes()
    except FileNotFoundError as error:
        raise ModuleNotInstalled(f"npm has not installed {module.source}") from error
    found = hashlib.sha256(raw).hexdigest()
    if found != module.sha256:
        raise ModuleAltered(f"{module.source} does not have its pinned hash (got {found}, expected {module.sha256})")
    return raw


if __name__ == "__main__":
    install_modules(Path(sys.argv[1]))
