"""What finds entries by the pairs of characters in them: full-text search in SQLite, an index on arrays in PostgreSQL.

Both find candidates; what is searched for stands in an entry's own text, or it is none (`registry.search.listing`).
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Select, delete, literal_column, select, text
from sqlalchemy.orm import Session

from registry.bulk import insert_rows
from registry.tables import EntryGramsRow, EntryRow

Grams = Sequence[int]
_TABLE = literal_column("entry_grams")


def add_grams(session: Session, rows: Iterable[tuple[int, Grams]]) -> None:
    """Indexes entries that are not in the index: (licence id, grams)."""
    if _is_postgresql(session):
        insert_rows(session, EntryGramsRow, ("license_id", "grams"), ((found, list(of)) for found, of in rows))
        return
    statement = "INSERT INTO entry_grams (rowid, grams) VALUES (?, ?)"
    session.connection().exec_driver_sql(statement, [(found, _words(of)) for found, of in rows])


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


def having_grams(session: Session, grams: Grams) -> Select[int]:
    """The ids of the licences whose entries have all of `grams`, and perhaps of some others that have their numbers."""
    if _is_postgresql(session):
        return select(EntryGramsRow.license_id).where(EntryGramsRow.grams.contains(list(grams)))
    words = " AND ".join(f'"{gram}"' for gram in grams)
    return select(literal_column("rowid")).select_from(text("entry_grams")).where(_matches(words))


def _matches(words: str) -> ColumnElement[bool]:
    return _TABLE.op("MATCH")(words)


def _words(grams: Grams) -> str:
    return " ".join(map(str, grams))


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
