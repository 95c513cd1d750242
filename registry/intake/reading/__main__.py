"""The process that reads a file within limits, for `registry.intake.reading.confinement`, which starts it.

The file is its standard input; what it reads goes to its standard output.
"""

import json
import math
import os
import resource
import sys
import time
from collections.abc import Iterator
from typing import IO

import orjson

from registry.intake.reading.assembling import assemble
from registry.intake.reading.confinement import LENGTH_BYTES, MEMORY_MB
from registry.intake.reading.containers import open_container
from registry.intake.table import FileUnreadable, Layout

_MB = 1 << 20
# Seconds of computing: until the first rows, the more the larger the file is, and for each chunk of rows.
_FIRST_SECONDS = 3.0
_SECONDS_FOR_MB = 0.2
_CHUNK_SECONDS = 4.0


def main() -> None:
    """Reads the file and sends its pieces."""
    name, layout = json.loads(sys.argv[1])
    # What a library prints goes elsewhere: the output is for pieces only.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MB * _MB, MEMORY_MB * _MB))
    file = sys.stdin.buffer
    allow(_FIRST_SECONDS + _SECONDS_FOR_MB * os.fstat(file.fileno()).st_size / _MB)
    try:
        for piece in _pieces(file, name, Layout(**layout)):
            _send(out, piece)
            allow(_CHUNK_SECONDS)
    except FileUnreadable as error:
        _send(out, {"unreadable": error.reason, "details": error.details})
    except MemoryError:
        _send(out, {"unreadable": "too-much-memory", "details": {"limit": MEMORY_MB}})
    except Exception as error:
        # The libraries that parse raise what they like over a damaged file.
        _send(out, {"unreadable": "damaged", "details": {"cause": f"{type(error).__name__}: {error}"[:200]}})


def allow(seconds: float) -> None:
    """Gives the process so many seconds of computing from now on, if it does not have more; the system ends it then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = math.ceil(time.process_time() + seconds)
    if soft == resource.RLIM_INFINITY or soft < wanted:
        resource.setrlimit(resource.RLIMIT_CPU, (wanted, hard))


def _pieces(file: IO[bytes], name: str, layout: Layout) -> Iterator[object]:
    table = assemble(open_container(file, name, layout.encoding, allow), layout)
    yield {"headings": table.headings, "form": table.form}
    yield from table.chunks
    yield {"findings": table.findings}


def _send(out: IO[bytes], piece: object) -> None:
    encoded = orjson.dumps(piece, default=str)
    out.write(len(encoded).to_bytes(LENGTH_BYTES) + encoded)
    out.flush()


if __name__ == "__main__":
    main()
