"""The process that looks through one PDF, for `registry.access.pdf.scanning`, which starts it.

It answers with one line of JSON and changes nothing.
"""

import json
import resource
import sys
from pathlib import Path

from registry.access.pdf.content import Unreadable, active_content

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 20


def main(file: str) -> None:
    """Writes what is active in the file, or why it cannot be looked through."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        found = [list(each) for each in active_content(Path(file))]
        answer: dict[str, object] = {"active": found}
    except Unreadable as error:
        answer = {"unreadable": str(error)}
    except (MemoryError, RecursionError):
        answer = {"unreadable": "it takes too much memory to be looked through"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1])
