"""Texts of others as people may be shown them: what is not seen, or turns a line around, is written out; cuts are marked."""

import re
from collections.abc import Collection
from unicodedata import category

LONGEST_HOST = 260
"""A host has at most 253 characters (RFC 1035), and then its port."""
LONGEST_TEXT = 300
CUT = "…"
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Letters, marks and signs that are drawn as nothing, beside all of Unicode's category C."""
_NAME = re.compile(r"[0-9a-z._-]+", re.ASCII)
_PORT = re.compile(r":[0-9]*$", re.ASCII)


def visible(text: str, longest: int = LONGEST_TEXT) -> str:
    """The beginning of a text, with what is not seen as `<U+202E>`, as the checker writes it (static/checker/address.js)."""
    return "".join(_written(sign) if _is_hidden(sign) else sign for sign in text[:longest]) + CUT * (
        len(text) > longest
    )


def host_shown(authority: str, ours: Collection[str]) -> str:
    """Where a browser goes by what stands between `://` and the path: what is before the last `@` is a user and no host.

    A host that is too long keeps its end, which says whose it is. Letters outside ASCII are told in its spelling (`xn--`), or
    each by its number where there is none. Where the host is one of `ours`, the user is shown with it: the address is none that
    we write.
    """
    host = authority.rpartition("@")[2]
    if not host or host in ours:
        host = authority
    return CUT * (len(host) > LONGEST_HOST) + _in_ascii(host[-LONGEST_HOST:])


def _in_ascii(host: str) -> str:
    if host.isascii():
        return visible(host)
    port = _PORT.search(host)
    name = host[: port.start()] if port else host
    try:
        spelled = name.encode("idna").decode("ascii")
    except UnicodeError:
        spelled = ""
    # A name that becomes plain letters only looks like another one.
    if _NAME.fullmatch(spelled) and "xn--" in spelled and not any(map(_is_hidden, name)):
        return spelled + (port[0] if port else "")
    return "".join(sign if sign.isascii() and not _is_hidden(sign) else _written(sign) for sign in host)


def _is_hidden(sign: str) -> bool:
    kind = category(sign)
    return kind[0] == "C" or (kind[0] == "Z" and sign != " ") or _UNSEEN.match(sign) is not None


def _written(sign: str) -> str:
    return f"<U+{ord(sign):04X}>"
