"""`python -m registry.vendor NODE_MODULES`: copies the browser modules and fonts that npm installed to where they are read from.

As with the contexts (`vocab.vendor`), only files with the pinned hash are taken, and none is committed; a wheel has them in it.
"""

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

VENDOR = Path(__file__).resolve().parents[1] / "static" / "vendor"


class Module(NamedTuple):
    """A file of an npm package, by the name that it is served under (a path below `static/vendor`)."""

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
    # Reads QR codes in the browser. Its modules import each other by these relative paths.
    Module(
        "zxing/reader/index.js",
        "zxing-wasm/dist/es/reader/index.js",
        "d90c69a827aff3b7c8c8ca310efebe91671ef076f7a0ec83722bfc542814f484",
    ),
    Module(
        "zxing/share.js",
        "zxing-wasm/dist/es/share.js",
        "08868fb770b0a4e4b9eb3d717015cd5fbf3ceb06492d4cb2d2dd2739db11890f",
    ),
    Module(
        "zxing/zxing_reader.wasm",
        "zxing-wasm/dist/reader/zxing_reader.wasm",
        "e8af31edb56d0522f4de74495839385ef019ba8bc90d38e5ecb2f18795d86fb2",
    ),
    # What is printed: posters and cards.
    Module(
        "fonts/Sarabun-Regular.ttf",
        "@expo-google-fonts/sarabun/400Regular/Sarabun_400Regular.ttf",
        "b8150084e25734e6f31696c57ff009f5564efa09d295848b717d9e2328c0311d",
    ),
    Module(
        "fonts/Sarabun-Bold.ttf",
        "@expo-google-fonts/sarabun/700Bold/Sarabun_700Bold.ttf",
        "5d1fc1ee63ab861fb2022a212b5ff270848582bb9d9cba73b2d2aaabb16d0a18",
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
    for path, raw in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    for path in {each for each in folder.rglob("*") if each.is_file()} - contents.keys():
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
