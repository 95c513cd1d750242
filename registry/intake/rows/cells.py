"""What is in one cell, before it is known which field it is: quotation, floats, several values."""

import re

_QUOTED = re.compile(r'\s*="(?P<text>(?:[^"]|"")*)"\s*')
_WHOLE_FLOAT = re.compile(r"(?P<whole>\d+)\.0", re.ASCII)
LINES_AND_MARKS = re.compile(r"\r\n|\r|\n|&&")
"""What stands between several values in one cell beside the mapping's own separator."""


def unquoted(cell: str) -> str:
    """`cell`, or the text in a cell such as `="0123"`, which keeps spreadsheet programs from making it a number."""
    if "=" in cell and (quoted := _QUOTED.fullmatch(cell)) is not None:
        return quoted["text"].replace('""', '"')
    return cell


def whole_number(text: str) -> str:
    """`22308` for `22308.0`, as a program writes whole numbers once it took them for decimals; empty for anything else."""
    found = _WHOLE_FLOAT.fullmatch(text)
    return found["whole"] if found else ""


def values(cell: str, separator: str) -> list[str]:
    """The values in `cell`, as they stand between the separators, new lines and `&&`."""
    return [part for line in LINES_AND_MARKS.split(cell) for part in line.split(separator)]
