"""Workers that go on until they are stopped: the wait between two rounds ends at once with SIGTERM or Ctrl-C."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import click

from registry.cli.opening import first_line

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """An event that the first signal to stop sets: what is being done is done to its end. A second signal ends it at once."""
    event = threading.Event()
    former = {each: signal.getsignal(each) for each in SIGNALS}

    def restore() -> None:
        for each, handler in former.items():
            signal.signal(each, handler)

    def stop(_number: int, _frame: FrameType | None) -> None:
        event.set()
        restore()

    for each in SIGNALS:
        signal.signal(each, stop)
    try:
        yield event
    finally:
        restore()


def go_on(name: str, work: Callable[[], object], every: float, stop: threading.Event) -> None:
    """Does `work`, waits `every` seconds, and so on until `stop`. An error is said and ends nothing."""
    while not stop.is_set():
        try:
            work()
        except Exception as error:
            said = f"{type(error).__name__}: {first_line(error)}"
            click.echo(f"license-registry {name}: {said}; the next round is in {every:g} seconds", err=True)
        stop.wait(every)
