"""Few costly things at once: who comes meanwhile waits a little, in few places, and nobody has two."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from registry.places import WAITING_SECONDS, EndpointBusy, Places

ONE, TWO, THREE = "192.0.2.1", "192.0.2.2", "192.0.2.3"


class Time:
    """A clock that goes on where somebody pauses, and what happens then."""

    def __init__(self) -> None:
        self.now = 0.0
        self.happens: Callable[[], object] = lambda: None

    def clock(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.now += seconds
        self.happens()

    def places(self, folder: Path, count: int = 1, waiting: int = 1) -> Places:
        return Places(folder / "places", count, waiting, clock=self.clock, pause=self.pause)


@pytest.fixture
def time() -> Time:
    return Time()


def is_free(places: Places, who: str = "") -> bool:
    """Whether one who comes now has a place, at once or later."""
    try:
        with places.held(who):
            return True
    except EndpointBusy:
        return False


def test_who_waits_gets_the_place_that_becomes_free(time: Time, tmp_path: Path) -> None:
    places = time.places(tmp_path)
    taken = ExitStack()
    taken.enter_context(places.held(ONE))
    time.happens = lambda: taken.close() if time.now > 1 else None
    with places.held(TWO):
        assert 1 < time.now < WAITING_SECONDS
        # While it is held, nobody waits any more: another one may.
        time.happens = lambda: None
        assert not is_free(places, THREE)
    assert is_free(places, THREE)


def test_nobody_waits_for_ever(time: Time, tmp_path: Path) -> None:
    places = time.places(tmp_path)
    with places.held(ONE), pytest.raises(EndpointBusy) as busy, places.held(TWO):
        pytest.fail("there was no place")
    assert time.now == pytest.approx(WAITING_SECONDS, abs=0.1)
    assert busy.value.headers == {"Retry-After": "5"}
    assert is_free(places, TWO)


def test_only_so_many_wait(time: Time, tmp_path: Path) -> None:
    places = time.places(tmp_path)
    found: list[tuple[bool, float]] = []

    def another_comes() -> None:
        before = time.now
        time.happens = lambda: None
        found.append((is_free(places, THREE), time.now - before))

    time.happens = another_comes
    with places.held(ONE):
        assert not is_free(places, TWO)
    assert found == [(False, 0)], "refused at once"


def test_without_room_for_waiting_the_answer_comes_at_once(time: Time, tmp_path: Path) -> None:
    places = time.places(tmp_path, waiting=0)
    with places.held(ONE):
        assert not is_free(places, TWO)
    assert time.now == 0
    assert is_free(places, TWO)


def test_who_comes_later_goes_before_nobody(time: Time, tmp_path: Path) -> None:
    places = time.places(tmp_path, waiting=1)
    taken, overtook = ExitStack(), []
    taken.enter_context(places.held(ONE))

    def freed_and_wanted() -> None:
        if time.now > 1:
            time.happens = lambda: None
            taken.close()
            # The place is free now, and somebody waits for it.
            overtook.append(is_free(places, ONE))

    time.happens = freed_and_wanted
    assert is_free(places, TWO)
    assert overtook == [False]


def test_nobody_has_two_places(time: Time, tmp_path: Path) -> None:
    places = time.places(tmp_path, count=2)
    with places.held(ONE):
        assert not is_free(places, ONE)
        assert time.now == 0, "and keeps no place for waiting"
        assert is_free(places, TWO)
        with places.held(), pytest.raises(EndpointBusy), places.held():
            pytest.fail("there were two")
    assert is_free(places, ONE)


def test_who_waits_does_so_once(time: Time, tmp_path: Path) -> None:
    places, found = time.places(tmp_path, waiting=2), []

    def comes_again() -> None:
        time.happens = lambda: None
        found.append(is_free(places, TWO))

    time.happens = comes_again
    with places.held(ONE):
        assert not is_free(places, TWO)
    assert found == [False]
    assert is_free(places, TWO)


def test_an_error_gives_the_place_back(time: Time, tmp_path: Path) -> None:
    places = time.places(tmp_path)
    with pytest.raises(OSError, match="broken"), places.held(ONE):
        raise OSError("broken")
    assert is_free(places, ONE)
    assert time.now == 0


def test_nothing_of_who_asks_is_written(time: Time, tmp_path: Path) -> None:
    with time.places(tmp_path).held(ONE):
        files = list((tmp_path / "places").iterdir())
    assert len(files) == 4
    for file in files:
        assert (file.read_bytes(), ONE in file.name) == (b"", False)
