"""What a host asks of programs that visit it: robots.txt (RFC 9309)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote

MAX_BYTES = 512 << 10
"""As much of a file is read as the RFC asks for at least (2.5)."""
MAX_DELAY = 60.0
_KEPT = "%/:?#[]@!$&'()*+,;=~-._"


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules for one program: (whether allowed, pattern). `delay` is how many seconds to wait between requests, if said."""

    rules: tuple[tuple[bool, str], ...] = ()
    delay: float = 0.0

    def allows(self, path: str) -> bool:
        """Whether the program may ask for `path` with its query: the longest pattern that fits decides, and of two that are
        equally long the one that allows (RFC 9309, 2.2.2)."""
        if path == "/robots.txt":
            return True
        asked = _normal(path)
        fitting = [(len(pattern), allowed) for allowed, pattern in self.rules if _fits(pattern, asked)]
        return max(fitting)[1] if fitting else True


def read_robots(text: str, program: str) -> Robots:
    """The rules in `text` for the program of this name: those of the groups that name it, else those for all (2.2.1)."""
    groups: list[tuple[list[str], list[tuple[str, str]]]] = []
    is_open = False
    for name, value in _lines(text):
        if name == "user-agent":
            if not is_open:
                groups.append(([], []))
            groups[-1][0].append(value.lower().partition("/")[0].strip())
            is_open = True
        elif groups and name in {"allow", "disallow", "crawl-delay"}:
            groups[-1][1].append((name, value))
            is_open = False
    own = [lines for agents, lines in groups if program.lower() in agents]
    chosen = own or [lines for agents, lines in groups if "*" in agents]
    return _robots(line for lines in chosen for line in lines)


def _robots(lines: Iterable[tuple[str, str]]) -> Robots:
    rules: list[tuple[bool, str]] = []
    delay = 0.0
    for name, value in lines:
        if name == "crawl-delay":
            delay = max(delay, float(value)) if re.fullmatch(r"\d{1,6}(\.\d+)?", value, re.ASCII) else delay
        elif value:
            # An empty pattern says nothing: "Disallow:" forbids nothing.
            rules.append((name == "allow", _normal(value)))
    return Robots(tuple(rules), min(delay, MAX_DELAY))


def _lines(text: str) -> Iterable[tuple[str, str]]:
    for line in text.removeprefix("\ufeff").splitlines():
        name, sign, value = line.partition("#")[0].partition(":")
        if sign:
            yield name.strip().lower(), value.strip()


def _normal(path: str) -> str:
    """One spelling of a path or pattern: letters of other scripts by their bytes, needless escapes undone (2.2.2)."""
    return quote(
        re.sub(r"%(?:[46][1-9A-F]|[57][0-9A]|3[0-9]|2[DE]|5F|7E)", lambda pair: unquote(pair[0]), path, flags=re.I),
        safe=_KEPT,
    )


def _fits(pattern: str, path: str) -> bool:
    """Whether `path` begins as `pattern` says: `*` is any text, `$` at the end the end."""
    is_whole = pattern.endswith("$")
    pieces = pattern.removesuffix("$").split("*")
    if not path.startswith(pieces[0]):
        return False
    # By hand and not by a regular expression: a hostile pattern must not take for ever.
    at = len(pieces[0])
    for piece in pieces[1:-1]:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    if len(pieces) == 1:
        return not is_whole or path == pieces[0]
    last = pieces[-1]
    if is_whole:
        return len(path) - len(last) >= at and path.endswith(last)
    return path.find(last, at) >= 0
