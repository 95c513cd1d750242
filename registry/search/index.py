"""What finds entries by the pairs of characters in them: full-text search in SQLite, an index on arrays in PostgreSQL.

Both find candidates; what is searched for stands in an entry's own text, or it is none (`registry.search.listing`).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, any_, column, delete, func, literal_column, select, table
from sqlalchemy.orm import Session

from registry.bulk import insert_rows
from registry.tables import EntryGramsRow, EntryRow

Grams = Sequence[int]
_FULL_TEXT = table("entry_grams", column("rowid"))


def add_grams(session: Session, rows: Iterable[tuple[int, Grams]]) -> None:
    """Indexes entries that are not in the index: (licence id, grams)."""
    found = [(one, list(of)) for one, of in rows]
    if _is_postgresql(session):
        insert_rows(session, EntryGramsRow, ("license_id", "grams"), found)
    elif found:
        statement = "INSERT INTO entry_grams (rowid, grams) VALUES (?, ?)"
        session.connection().exec_driver_sql(statement, [(one, _words(of)) for one, of in found])


def remove_grams(session: Session, rows: Iterable[tuple[int, Grams]]) -> None:
    """Takes entries out of the index: (licence id, the grams that it was indexed by)."""
    found = list(rows)
    if not found:
        return
    if _is_postgresql(session):
        session.execute(delete(EntryGramsRow).where(EntryGramsRow.license_id.in_([one for one, _ in found])))
        return
    statement = "INSERT INTO entry_grams (entry_grams, rowid, grams) VALUES ('delete', ?, ?)"
    session.connection().exec_driver_sql(statement, [(one, _words(of)) for one, of in found])


def entries_having(session: Session, grams: Grams, columns: Sequence[Any]) -> tuple[Select[Any], ColumnElement[int]]:
    """`columns` of the entries that have all of `grams`, and perhaps of others that have their numbers by chance; and the
    licence's id by which to order them: in SQLite, the index gives it in order."""
    if _is_postgresql(session):
        having = select(EntryGramsRow.license_id).where(EntryGramsRow.grams.contains(list(grams)))
        return select(*columns).where(is_among(having)), EntryRow.license_id.expression
    words = " AND ".join(f'"{gram}"' for gram in grams)
    found = _FULL_TEXT.alias("found")
    matching = literal_column("found.entry_grams").op("MATCH")(words)
    joined = select(*columns).select_from(found).join(EntryRow, EntryRow.license_id == found.c.rowid)
    return joined.where(matching), found.c.rowid


def is_among(ids: Select[Any]) -> ColumnElement[bool]:
    """Whether an entry is one of these, in PostgreSQL: found first of all, as one list, and then looked up by it.

    Joined to them, or with `IN`, the planner would rather compare the text of every entry there is.
    """
    return EntryRow.license_id == any_(func.array(ids.scalar_subquery()))


def streams(session: Session) -> bool:
    """Whether the index gives out its finds one by one in the order of their ids, as SQLite's does."""
    return not _is_postgresql(session)


def _words(grams: Grams) -> str:
    return " ".join(map(str, grams))


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
