"""What somebody typed, pasted or scanned: a credential, a code, an address, or words to search for."""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from issuers.qr import CHECK_ID, qr_address
from registry.presented.shown import host_shown
from verify.compact import MAX_CHARACTERS, is_code, without_blanks

_ADDRESS = re.compile(r"https?://[^\s/?#\\]+(?:[/?#]\S*)?", re.ASCII | re.IGNORECASE)
_TOKEN = re.compile(r"eyJ[\w-]*\.[\w-]*\.[\w~.-]*", re.ASCII)
_CHECK_PATH = re.compile(r"/c/([0-9a-z]{26})/?", re.ASCII | re.IGNORECASE)


class GivenKind(StrEnum):
    """`CODE`: of this register, with something that is signed; `CHECK`: a code with its address alone; `OURS`: another address of
    ours; `FOREIGN`: an address of others; `OTHER`: none of these, words or a number."""

    NOTHING = "nothing"
    CREDENTIAL = "credential"
    CODE = "code"
    CHECK = "check"
    OURS = "ours"
    FOREIGN = "foreign"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Given:
    """`text` is what was given, without blanks around it; `check_id` that of a `CHECK`; `digits` what stands
    behind its `#`, if it is one of this request's host; `host` that of a `FOREIGN` address, as people may be shown it."""

    kind: GivenKind
    text: str
    check_id: str = ""
    digits: str = ""
    host: str = ""

    @property
    def is_ours(self) -> bool:
        """Whether it leads to this register, or claims to."""
        return self.kind in {GivenKind.CODE, GivenKind.CHECK, GivenKind.OURS}


def given(text: str, base: str, here: str = "") -> Given:
    """What `text` is, for the register at `base`. It says nothing yet of whether any of it is true.

    A code of ours is given in the spelling that is signed (DECISIONS 63). `here`: the host of the request, where that is
    another than the base's: an address there leads to the same licence, and is never taken for a signed one.
    """
    text = text.strip()
    if not text:
        return Given(GivenKind.NOTHING, text)
    if is_code(text):
        text = without_blanks(text)
    # What is longer than any code is no number or name either: if it is anything, it is a credential.
    elif text.startswith(("{", "[")) or len(text) > MAX_CHARACTERS or _TOKEN.fullmatch(text):
        return Given(GivenKind.CREDENTIAL, text)
    if not _ADDRESS.fullmatch(text):
        return Given(GivenKind.OTHER, text)
    authority, path = _parts(text)
    ours = urlsplit(base).netloc
    if authority not in {ours, here.lower()}:
        return Given(GivenKind.FOREIGN, text, host=host_shown(authority, {ours, here.lower()}))
    match = _CHECK_PATH.fullmatch(path)
    check_id = match[1].upper() if match and CHECK_ID.fullmatch(match[1].upper()) else ""
    digits = text.partition("#")[2]
    if authority != ours:
        return Given(GivenKind.CHECK if check_id else GivenKind.OURS, base + path, check_id=check_id, digits=digits)
    if path.lower().startswith("/c/") and "#" in text:
        return Given(GivenKind.CODE, f"{qr_address(base, check_id)}#{digits}" if check_id else text)
    return Given(GivenKind.CHECK if check_id else GivenKind.OURS, text, check_id=check_id)


def _parts(address: str) -> tuple[str, str]:
    """Everything between `://` and the path, as it stands there but for its case and a port that says nothing: a user name before
    an `@` is no host, and must not pass for one. And the path."""
    way, _, rest = address.partition("://")
    end = min((rest.index(sign) for sign in "/?#" if sign in rest), default=len(rest))
    authority = rest[:end].lower().removesuffix(":443" if way.lower() == "https" else ":80")
    path = re.split(r"[?#]", rest[end:], maxsplit=1)[0]
    return authority, path
