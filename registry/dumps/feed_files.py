"""The pages of the change feed as files, `feed/lic/{number}.jsonld`: the same bytes as the service gives."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from cattrs.preconf.orjson import make_converter
from sqlalchemy.orm import Session

from registry.feed import page_body, page_of, root_body
from registry.on_disk import put_file

_CONVERTER = make_converter(detailed_validation=False)


@dataclass(frozen=True, slots=True)
class Full:
    """A page that does not change any more: the SHA-256 of its file, and the number of the page after it."""

    sha256: str
    following: int


def write_feed(folder: Path, session: Session, base: str, kept: Path | None) -> None:
    """Writes what is not there as it should be. `kept` is a file of the register's own that knows the full pages of the last
    time: those are not made again while their files are as they were written."""
    place = folder / "feed" / "lic"
    place.mkdir(parents=True, exist_ok=True)
    known, full = _read(kept), {}
    number: int | None = 0
    while number is not None:
        path, before = place / f"{number}.jsonld", known.get(number)
        if before is not None and _digest(path) == before.sha256:
            full[number] = before
            number = before.following
            continue
        page = page_of(session, base, number)
        body = page_body(base, page)
        _put(path, body)
        if page.following is not None:
            full[number] = Full(hashlib.sha256(body).hexdigest(), page.following)
        number = page.following
    _put(place / "index.jsonld", root_body(session, base))
    if kept is not None and full != known:
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        put_file(kept, _CONVERTER.dumps(full))


def _put(path: Path, body: bytes) -> None:
    if _digest(path) != hashlib.sha256(body).hexdigest():
        put_file(path, body)


def _digest(path: Path) -> str:
    """The SHA-256 of what is there; empty where nothing is."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _read(kept: Path | None) -> dict[int, Full]:
    try:
        return {} if kept is None else _CONVERTER.loads(kept.read_bytes(), dict[int, Full])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # Nothing is lost by it but time.
        return {}
