"""How many statements a piece of work sends to the database: what is measured instead of time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from registry.register import Register


@contextmanager
def statements(register: Register) -> Iterator[list[str]]:
    """The statements that are sent meanwhile, in their order."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(register.database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(register.database.engine, "before_cursor_execute", note)
