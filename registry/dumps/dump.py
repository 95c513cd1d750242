"""Dumping: all datasets of one register, from one state of it, into a folder."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson
from sqlalchemy.orm import Session

from issuers.keys import KeyPurpose
from issuers.secure import add_proof
from issuers.signer import Signer
from registry import urls
from registry.dumps import pieces
from registry.dumps.feed_files import write_feed
from registry.dumps.files import add, alone, replace_manifest, written
from registry.dumps.making import MEDIA_TYPES, Making, Packed, opening, packed_lines
from registry.dumps.reading import public_ids, read
from registry.dumps.stored import StoredLicense
from registry.feed import last_sequence
from registry.intake.workers import Workers
from registry.keyring import signer
from registry.register import Register
from registry.store import Store
from vocab.graph import Grantor, Node
from vocab.open_data import Dataset, DumpFile, dataset_node, manifest_context

Progress = Callable[[int, int], None]
"""Told how many licences are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Dumped:
    """What became of one dataset: of `count` licences the lines of `made` were made, all others taken from the last dump."""

    authority: str
    license_type: str
    count: int
    made: int
    cursor: int
    bytes: int


@dataclass(frozen=True)
class Dumping:
    """Where dumps are written, by which processes, and under which licence for re-use the data is.

    `puts` is a folder of the register's own, in which it is kept how the dumps in `folder` were put together; without it all
    lines are made anew.
    """

    register: Register
    folder: Path
    workers: Workers
    data_license: str
    progress: Progress = lambda done, total: None
    puts: Path | None = None

    def put_of(self, authority: str, license_type: str) -> Path | None:
        """Where it is kept how the dump of a dataset was put together."""
        return None if self.puts is None else self.puts / authority / f"{license_type}.json"


@dataclass(frozen=True, slots=True)
class State:
    """The state of the register that is dumped: its last change is `cursor`."""

    session: Session
    store: Store
    cursor: int
    seen_at: datetime


def dump(dumping: Dumping, authority: str = "", license_type: str = "") -> list[Dumped]:
    """Writes the dumps of all that `authority` granted of `license_type` (default: of all), and the change feed up to there.

    All of it is of one snapshot. Raises `NoSuchAuthority`, `NoSuchLicenseType`, `registry.dumps.files.DumpRunning`,
    `SigningUnavailable`, OSError; a dataset then has its new dump, whole, or its old one.
    """
    register = dumping.register
    with alone(dumping.folder), register.database.reading() as session:
        store = register.store(session)
        # The first look at the database: what is read from here on is of this state, and the feed goes on after it.
        state = State(session, store, last_sequence(session), register.now())
        done = [_dump_one(dumping, state, store.grantor(*each)) for each in grants(store, authority, license_type)]
        write_feed(dumping.folder, session, register.base, None if dumping.puts is None else dumping.puts / "feed.json")
    return done


def grants(store: Store, authority: str = "", license_type: str = "") -> list[tuple[str, str]]:
    """Who grants what, as codes: all mandates, or those of an authority, for a type. Raises as `dump`."""
    if authority:
        authority = store.require_authority(authority).code
    if license_type:
        store.require_license_type(license_type)
    found = store.mandates(authority=authority, license_type=license_type)
    return [(mandate.authority, mandate.type) for mandate in found]


def _dump_one(dumping: Dumping, state: State, grantor: Grantor) -> Dumped:
    register, store, codes = dumping.register, state.store, (grantor.authority.code, grantor.license_type.code)
    # First of all: without a signature there is no dump.
    _, key = signer(register, state.session, codes[0], KeyPurpose.CREDENTIAL)
    own = store.authority_id(codes[0]), store.type_id(codes[1])
    ids = public_ids(state.session, *own)
    making, count, made, folder = Making(grantor, store.today), 0, 0, dumping.folder.joinpath(*codes)
    kept, common = dumping.put_of(*codes), pieces.common(grantor, register.codec)
    put = None if kept is None else pieces.read_put(kept, common, store.today)
    changed = [] if put is None else pieces.outdated(state.session, *own, put, store.today)
    standing: list[pieces.Piece] = []
    with pieces.lines_of(folder, put) as lines, written(folder) as files:
        add(files, opening(making))
        work = _work(state.session, pieces.parts(ids, put, changed), lines)
        for (part, known), packed in dumping.workers.map(packed_lines, making, work):
            standing.append(pieces.written(files, part, known or packed))
            count += len(part)
            made += 0 if known else len(part)
            dumping.progress(count, len(ids))
        paths = [file.finish() for file in files]
        size = sum(file.size for file in files)
        dataset = Dataset(
            authority=grantor.authority,
            license_type=grantor.license_type,
            data_license=dumping.data_license,
            made_at=state.seen_at,
            cursor=state.cursor,
            count=count,
            files=tuple(
                DumpFile(
                    form=file.form,
                    media_type=MEDIA_TYPES[file.form],
                    url=register.base + urls.data_file(*codes, path.name),
                    size=file.size,
                    sha256=file.sha256,
                )
                for file, path in zip(files, paths, strict=True)
            ),
        )
        names = [path.name for path in paths]
        replace_manifest(folder, _manifest(register, dataset, key), set(names))
        if kept is not None:
            pieces.write_put(kept, pieces.Put(common, state.cursor, store.today, names, standing))
    return Dumped(*codes, count, made, state.cursor, size)


def _work(
    session: Session, parts: Iterable[pieces.Part], lines: pieces.Lines
) -> Iterator[tuple[tuple[Sequence[int], Packed | None], list[StoredLicense]]]:
    """For each part its ids, and its lines as the last dump has them; or else the licences to make them of."""
    for part in parts:
        known = None if part.known is None else lines.packed(part.known)
        yield (part.ids, known), [] if known else read(session, part.ids)


def _manifest(register: Register, dataset: Dataset, key: Signer) -> bytes:
    """The dataset's node with a Data Integrity proof by the authority's key."""
    node: Node = {"@context": manifest_context(register.base), **dataset_node(dataset, register.base)}
    return orjson.dumps(add_proof(node, key, created=register.now(), loader=register.loader))
