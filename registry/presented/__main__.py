"""The process that opens one picture or PDF, for `registry.presented.reading`, which starts it.

The file is its input, opened already. It answers with one line of JSON, behind which a photo that was drawn anew stands.
"""

import base64
import json
import resource
import sys

from registry.presented.documents import attached_credentials, codes_on_pages
from registry.presented.found import MAX_ANSWER_BYTES, Unreadable
from registry.presented.kind import Kind, kind_of
from registry.presented.pictures import codes_in_picture, drawn_anew

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 15


def main(wanted: str) -> None:
    """Writes what is in the file, or why it cannot be read. `wanted` is `codes` or `photo`."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_ANSWER_BYTES, MAX_ANSWER_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    photo = b""
    try:
        raw = sys.stdin.buffer.read()
        if wanted == "photo":
            photo = drawn_anew(raw)
            answer: dict[str, object] = {}
        else:
            answer = _found(raw)
    except Unreadable as error:
        answer = {"unreadable": error.reason}
    except (MemoryError, RecursionError):
        answer = {"unreadable": "too-much-memory"}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + photo)


def _found(raw: bytes) -> dict[str, object]:
    if kind_of(raw) is not Kind.PDF:
        return {"codes": codes_in_picture(raw), "credentials": []}
    credentials = attached_credentials(raw)
    return {"codes": codes_on_pages(raw), "credentials": [base64.b64encode(each).decode() for each in credentials]}


if __name__ == "__main__":
    main(sys.argv[1])
