"""The commands in the README and in docs/publishing.md, run as a newcomer would.

`python -m tests.console` writes their output into these documents.
"""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
PUBLISHING = ROOT / "docs" / "publishing.md"

_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
_MARK = "\x1e"
# What differs from run to run, and says nothing: ids, hashes, temporary folders, instants.
_VOLATILE = (
    (re.compile(r"\b[0-9a-f]{64}\b"), "<sha256>"),
    (re.compile(r"/C/[0-9A-Z]{26}\b"), "/C/<id>"),
    (re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\+00:00|Z)"), "<instant>"),
    (re.compile(r"/[\w./-]*/tmp\.\w+|/tmp/tmp\.\w+"), "<home>"),
)


def blocks(text: str) -> list[str]:
    """The console blocks of a document."""
    return _BLOCK.findall(text)


def commands(block: str) -> list[str]:
    """The lines that a reader types."""
    return [line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ ")]


def run(all_commands: list[str]) -> list[str]:
    """The output of each command, run one after the other in one shell, in the folder of the README."""
    script = "".join(f"{command}\nprintf '{_MARK}'\n" for command in all_commands)
    done = subprocess.run(["bash"], input=script, cwd=ROOT, text=True, capture_output=True, timeout=300, check=False)
    if done.stderr:
        raise AssertionError(done.stderr)
    return done.stdout.split(_MARK)[:-1]


def transcript(block: str, outputs: Iterator[str]) -> str:
    """The block as a terminal would show it: each command and, below it, its output."""
    lines = []
    for command in commands(block):
        lines.append(f"$ {command}")
        lines += next(outputs).splitlines()
    return "\n".join(lines) + "\n"


def stable(text: str) -> str:
    """`text` without what differs from run to run."""
    for pattern, name in _VOLATILE:
        text = pattern.sub(name, text)
    return text


def written(text: str) -> str:
    """A document with the output of its commands as it is today."""
    outputs = iter(run([command for block in blocks(text) for command in commands(block)]))
    return _BLOCK.sub(lambda match: f"```console\n{transcript(match[1], outputs)}```", text)


def main() -> None:
    for document in (README, PUBLISHING):
        document.write_text(written(document.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
