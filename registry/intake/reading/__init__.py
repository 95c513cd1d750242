"""Reading: from a file's bytes to its table, headings and rows of text, with nothing interpreted yet."""

from collections.abc import Iterator
from contextlib import contextmanager

from registry.intake.body import Body, blocks
from registry.intake.reading.assembling import assemble
from registry.intake.reading.confinement import confined
from registry.intake.reading.kind import HEAD_BYTES, needs_confinement, open_text
from registry.intake.table import MAX_FILE_BYTES, FileUnreadable, Layout, OpenTable

_DEFAULT = Layout()


@contextmanager
def reading(body: Body, name: str = "", layout: Layout = _DEFAULT) -> Iterator[OpenTable]:
    """The table in a file, open until the block ends. `name` is the file's, `layout` what its mapping says of it.

    Raises `FileUnreadable`, also while the chunks are read.
    """
    if len(body) > MAX_FILE_BYTES:
        raise FileUnreadable("too-large", size=len(body), limit=MAX_FILE_BYTES)
    if not body[:HEAD_BYTES].strip() and not any(block.strip() for block in blocks(body)):
        raise FileUnreadable("empty")
    if needs_confinement(body[:HEAD_BYTES], name):
        with confined(body, name, layout) as table:
            yield table
    else:
        yield assemble(open_text(body, name, layout.encoding), layout)
