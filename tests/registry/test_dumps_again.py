"""A dump takes from the last one what has not changed since, and is what it would be if all of it were made anew."""

from datetime import date
from pathlib import Path

import pytest

from registry.dumps import pieces
from registry.dumps.dump import Dumped
from registry.register import Register
from registry.services import refresh
from registry.tables import EntryRow
from tests.registry.mirroring import dump_here, file_of, manifests
from tests.registry.small import FOOD, NOON, TOWN, Clock, act, row, send
from vocab.history import ActKind

SIZE = 4


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "PIECE", SIZE)


def again(register: Register, folder: Path) -> Dumped:
    """Dumps into `folder`, and anew into another; they must be the same, but for how the lines are packed."""
    (done,) = (
        each
        for each in dump_here(register, folder / "data", puts=folder / "puts")
        if (each.authority, each.license_type) == (TOWN, FOOD)
    )
    dump_here(register, folder / "anew")
    for one, other in zip(manifests(folder / "data"), manifests(folder / "anew"), strict=True):
        for form in ("csv", "jsonl", "nt"):
            assert file_of(folder / "data", one, form) == file_of(folder / "anew", other, form)
    return done


def many(register: Register, *numbers: int) -> None:
    send(register, *(row(f"{n}/2567") for n in numbers))


def test_what_has_not_changed_is_not_made_again(register: Register, tmp_path: Path) -> None:
    many(register, *range(1, 13))
    assert (again(register, tmp_path).made, again(register, tmp_path).made) == (12, 0)
    act(register, "6/2567", ActKind.SUSPEND)
    assert again(register, tmp_path).made == SIZE
    assert again(register, tmp_path).made == 0


def test_what_is_new_goes_on_where_the_last_dump_ended(register: Register, tmp_path: Path) -> None:
    many(register, *range(1, 7))
    assert again(register, tmp_path).made == 6
    many(register, 7)
    done = again(register, tmp_path)
    assert (done.count, done.made) == (7, 3), "the two at the end stand with the new one"
    many(register, *range(8, 20))
    done = again(register, tmp_path)
    assert (done.count, done.made) == (19, 15)


def test_what_is_gone_is_gone(register: Register, tmp_path: Path) -> None:
    many(register, *range(1, 13))
    again(register, tmp_path)
    with register.database.writing() as session:
        # Whatever the feed says of it: a licence that is not listed any more is in no dump.
        session.delete(session.query(EntryRow).order_by(EntryRow.license_id).offset(5).first())
    done = again(register, tmp_path)
    assert (done.count, done.made) == (11, 3)


def test_the_calendar_is_followed_whether_or_not_it_was_noted(register: Register, clock: Clock, tmp_path: Path) -> None:
    many(register, *range(1, 9))
    send(register, row("9/2567", expires_on="2026-11-30"))
    again(register, tmp_path)
    clock.go_to(date(2026, 12, 1))
    assert again(register, tmp_path).made == 1
    refresh(register)
    assert again(register, tmp_path).made == 1
    # A clock that jumps back: what was made on a later day says nothing.
    clock.now = NOON
    assert again(register, tmp_path).made == 9


def test_a_piece_that_was_altered_is_made_anew(register: Register, tmp_path: Path) -> None:
    many(register, *range(1, 13))
    again(register, tmp_path)
    (path,) = (tmp_path / "data" / TOWN / FOOD).glob("*.jsonl.zst")
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body)
    assert again(register, tmp_path).made == SIZE


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"common":1}', b"\xff"])
def test_what_cannot_be_read_is_made_anew(register: Register, tmp_path: Path, body: bytes) -> None:
    many(register, *range(1, 6))
    again(register, tmp_path)
    (tmp_path / "puts" / TOWN / f"{FOOD}.json").write_bytes(body)
    assert again(register, tmp_path).made == 5
    assert again(register, tmp_path).made == 0


def test_files_that_are_gone_are_made_anew(register: Register, tmp_path: Path) -> None:
    many(register, *range(1, 6))
    again(register, tmp_path)
    for path in (tmp_path / "data" / TOWN / FOOD).glob("*.nt.zst"):
        path.unlink()
    assert again(register, tmp_path).made == 5


def test_another_program_makes_all_anew(register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many(register, *range(1, 6))
    again(register, tmp_path)
    monkeypatch.setattr(pieces, "_program", lambda: "another")
    assert again(register, tmp_path).made == 5
    assert again(register, tmp_path).made == 0


def test_the_program_is_all_that_makes_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = set()
    monkeypatch.setattr(pieces, "PROGRAM", tmp_path)
    for name in ("vocab", "verify", "registry"):
        (tmp_path / name / "data").mkdir(parents=True)
    for path, body in {"vocab/a.py": "1", "registry/a.py": "1", "verify/data/b.ttl": "2"}.items():
        (tmp_path / path).write_text(body)
        pieces._program.cache_clear()
        found.add(pieces._program())
    (tmp_path / "vocab" / "a.py").write_text("2")
    pieces._program.cache_clear()
    found.add(pieces._program())
    pieces._program.cache_clear()
    assert len(found) == 4


def test_where_it_is_kept_depends_on_the_folder(tmp_path: Path) -> None:
    one, two = (pieces.put_folder(tmp_path, tmp_path / name) for name in ("one", "two"))
    assert one != two
    assert tmp_path in one.parents
