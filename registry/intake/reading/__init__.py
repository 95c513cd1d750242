"""Reading: from a file's bytes to its table, headings and rows of text, with nothing interpreted yet."""

from collections.abc import Iterator
from contextlib import contextmanager

from registry.intake.reading.assembling import assemble
from registry.intake.reading.delimited import delimited
from registry.intake.table import MAX_FILE_BYTES, FileUnreadable, Layout, OpenTable

_DEFAULT = Layout()


@contextmanager
def reading(body: bytes, name: str = "", layout: Layout = _DEFAULT) -> Iterator[OpenTable]:
    """The table in a file, open until the block ends. `name` is the file's, `layout` what its mapping says of it.

    Raises `FileUnreadable`, also while the chunks are read.
    """
    if not body.strip():
        raise FileUnreadable("empty")
    if len(body) > MAX_FILE_BYTES:
        raise FileUnreadable("too-large", size=len(body), limit=MAX_FILE_BYTES)
    yield assemble(delimited(body, layout.encoding), layout)
