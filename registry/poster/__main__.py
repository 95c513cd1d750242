"""The process that sets pages, for `registry.poster.typesetting`, which starts it.

It reads jobs and answers each, both behind their length: `+` and the file, or `-` and why not. It reads no file but the
fonts and the templates beside it, and writes none.
"""

import base64
import json
import resource
import sys
from pathlib import Path
from typing import Any

import typst

MEMORY_BYTES = 2 << 30
CPU_SECONDS = 10
LENGTH_BYTES = 4
PIXELS_PER_INCH = 72.0
TEMPLATES = ("poster", "card", "seal")
NO_PACKAGES = "/nonexistent"
"""Where packages of others would be: nothing is taken from the disk or the network."""


def main(folder: str) -> None:
    """Answers jobs until there is none any more, with the fonts in `folder`, which is all that a page can read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    known = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
    sources = {name: Path(__file__).with_name(f"{name}.typ").read_bytes() for name in TEMPLATES}
    while size := int.from_bytes(sys.stdin.buffer.read(LENGTH_BYTES)):
        job = json.loads(sys.stdin.buffer.read(size))
        _allow_a_little_more_time()
        try:
            answer = b"+" + _set(job, sources[job["template"]], folder, known)
        except (RuntimeError, ValueError) as error:
            answer = b"-" + str(error).encode("utf-8", "replace")
        sys.stdout.buffer.write(len(answer).to_bytes(LENGTH_BYTES) + answer)
        sys.stdout.buffer.flush()


def _set(job: dict[str, Any], source: bytes, folder: str, known: typst.Fonts) -> bytes:
    files = {name: _readable(name, base64.b64decode(body)) for name, body in job["files"].items()}
    options = (
        {"pdf_standards": ["a-3b"], "timestamp": job["made"]} if job["form"] == "pdf" else {"ppi": PIXELS_PER_INCH}
    )
    made: Any = typst.compile(
        {"main.typ": source, **files},
        root=folder,
        font_paths=known,
        ignore_system_fonts=True,
        package_path=NO_PACKAGES,
        package_cache_path=NO_PACKAGES,
        format=job["form"],
        **options,
    )
    if isinstance(made, list):
        # One file for each page.
        made = made[0]
    return bytes(made)


def _readable(name: str, body: bytes) -> bytes:
    """A file as Typst takes it here: text as it is, a picture as the list of its bytes."""
    return body if name.endswith((".json", ".svg")) else json.dumps(list(body)).encode()


def _allow_a_little_more_time() -> None:
    """Each page may take so much computing, however many there were before."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main(sys.argv[1])
