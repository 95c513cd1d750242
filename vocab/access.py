"""License Access: where the document of a licence is, and who may read it.

It is a link and no part of the licence's face: it changes with the agency's web site, and is never signed into a credential.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from vocab.authority import LicenseType
from vocab.disclosure import disclosed
from vocab.iri import is_citizen_number
from vocab.license import License, LocalText
from vocab.names import split_person_name

MAX_ADDRESS = 1_000
"""Characters of an address; longer ones are searches and sessions, and no addresses of documents."""
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,62}/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}", re.ASCII)
_DIGEST = re.compile(r"(sha256|sha384|sha512)-([A-Za-z0-9+/]{40,90}={0,2})", re.ASCII)
_DIGEST_BYTES = {"sha256": 32, "sha384": 48, "sha512": 64}
_HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_INNER_HOSTS = ("local", "localhost", "internal", "intranet", "lan", "home", "corp", "localdomain")
_KEPT = "%/:?@!$&'()*+,;=~-._"
"""What stands as it is behind the host of an address; whatever else is written by its bytes."""
_SECRET_NAMES = re.compile(
    r"(access|auth|id|refresh|session|csrf|bearer|api|private)?[_-]?(token|jwt|secret|password|passwd|passphrase|pwd|apikey)|"
    r"(api|access|private|subscription|session|auth)[_-]?key|pass|sig|signature|x-(amz|goog|oss)-(signature|credential|security-token)|"
    r"(php|j|asp\.net_|ci_)?sess(ion)?[_-]?id|sid|authorization|auth|credentials?|otp",
    re.ASCII | re.IGNORECASE,
)
_SECRET_FORMS = re.compile(
    r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}|licreg_[0-9a-f]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|AKIA[0-9A-Z]{16}|"
    r"xox[abprs]-[A-Za-z0-9-]{10,}|sk-[A-Za-z0-9_-]{20,}|;jsessionid=|-----BEGIN",
    re.ASCII | re.IGNORECASE,
)
_SIGNS = re.compile(r"[^\w\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]|_")
_TITLES = re.compile(r"^(ตำบล|แขวง|อำเภอ|เขต|จังหวัด|ถนน|ซอย|หมู่บ้าน|หมู่ที่|ร้าน|บริษัท)")
_SHORTEST = 4
_SHORTEST_NAME = 2


class AccessRights(StrEnum):
    """Who may read the document. `RESTRICTED`: whoever has a right to it, after a log-in at the agency."""

    PUBLIC = "public"
    RESTRICTED = "restricted"
    NON_PUBLIC = "nonPublic"


class AccessRefused(ValueError):
    """A link cannot be made of what was given. `reason` is a code, `member` what it is about, `proposed` what it should perhaps
    be. What may be a secret or a person's number is not repeated."""

    def __init__(self, reason: str, member: str, message: str, proposed: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.member = member
        self.proposed = proposed
        self.extra = {"pointer": f"/{member}", "reason": reason} | ({"proposed": proposed} if proposed else {})

    def at(self, pointer: str) -> "AccessRefused":
        """The same, of a link that stands at `pointer` in what was sent."""
        moved = AccessRefused(self.reason, self.member, str(self), self.proposed)
        moved.extra["pointer"] = f"{pointer}/{self.member}"
        return moved


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseAccess:
    """One link. `access_url` is a page that leads to the document (of a restricted one, the agency's log-in), `download_url` the
    document itself. `digest` is in the form of W3C Subresource Integrity: `sha256-...`. Empty is what is not known.

    Of a restricted document only the log-in is said, of one that is not public that there is one.
    """

    rights: AccessRights
    access_url: str = ""
    download_url: str = ""
    media_type: str = ""
    digest: str = ""

    def __post_init__(self) -> None:
        _require_fitting(self)

    @property
    def address(self) -> str:
        """The address that is visited and shown: of the document itself where it is known."""
        return self.download_url or self.access_url

    @property
    def host(self) -> str:
        return urlsplit(self.address).hostname or ""


def parse_access(
    *, rights: str, access_url: str = "", download_url: str = "", media_type: str = "", digest: str = ""
) -> LicenseAccess:
    """The link that these texts say, in the one spelling. Raises `AccessRefused`."""
    if rights not in set(AccessRights):
        known = ", ".join(AccessRights)
        raise AccessRefused("rights", "rights", f"the right of access is one of {known} (got {rights[:40]!r})")
    return LicenseAccess(
        rights=AccessRights(rights),
        access_url=parse_address(access_url, "access_url") if access_url else "",
        download_url=parse_address(download_url, "download_url") if download_url else "",
        media_type=_media_type(media_type) if media_type else "",
        digest=_digest(digest) if digest else "",
    )


def parse_address(text: str, member: str) -> str:
    """A web address that may be shown to everybody, in ASCII: letters of other scripts by their bytes. Raises `AccessRefused`."""
    address = text.strip()
    if len(address) > MAX_ADDRESS:
        raise AccessRefused("address", member, f"an address has at most {MAX_ADDRESS} characters (got {len(address)})")
    if is_citizen_number(unquote(unquote(address))):
        raise AccessRefused("citizen-number", member, "the address has a citizen's 13-digit number in it")
    if not address.isprintable() or any(sign.isspace() for sign in address) or set(address) & set('<>"\\^`{|}'):
        proposed = _escaped(address) if address.startswith("https://") and address.isprintable() else ""
        raise AccessRefused(
            "address", member, 'an address has no spaces and no signs such as < > " \\ ^ ` { | }', proposed
        )
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise AccessRefused("address", member, "this is no web address (expected https://...)") from error
    if parts.username is not None or parts.password is not None:
        raise AccessRefused("user", member, "the address has a user name or a password in it")
    if _is_secret(address):
        raise AccessRefused(
            "secret", member, "the address has a key, a token or a session in it, which opens more than one document"
        )
    if parts.scheme == "http":
        raise AccessRefused("https", member, "only https addresses are shown (got http)", "https" + address[4:])
    if parts.scheme != "https" or not host:
        proposed = (
            f"https://{address}" if re.match(r"[a-z0-9-]+(\.[a-z0-9-]+)+/", address, re.ASCII | re.IGNORECASE) else ""
        )
        raise AccessRefused("address", member, "this is no web address (expected https://...)", proposed)
    place = _host(host, member) + (f":{port}" if port not in {None, 443} else "")
    rest = address.partition("://")[2]
    tail = rest[len(re.split(r"[/?#]", rest, maxsplit=1)[0]) :]
    return f"https://{place}{_escaped(tail)}"


def tells_hidden(access: LicenseAccess, license: License, license_type: LicenseType) -> bool:
    """Whether an address of the link says something of the licence that its type does not disclose: a name in a file's name."""
    hidden = tuple(_hidden(license, license_type))
    return bool(hidden) and any(_tells(address, hidden) for address in (access.access_url, access.download_url))


def has_hidden(license: License, license_type: LicenseType) -> bool:
    """Whether the public sees less of the licence than stands on it."""
    return disclosed(license, license_type) != license


def _require_fitting(access: LicenseAccess) -> None:
    """Raises `AccessRefused` where what is said does not fit the right of access."""
    match access.rights:
        case AccessRights.PUBLIC if not access.address:
            raise AccessRefused("no-address", "access_url", "a public document has an address")
        case AccessRights.RESTRICTED if access.download_url or access.digest:
            member = "download_url" if access.download_url else "digest"
            raise AccessRefused(
                "too-much",
                member,
                "of a restricted document only the agency's log-in is shown: give that as access_url",
            )
        case AccessRights.RESTRICTED if not access.access_url:
            raise AccessRefused(
                "no-address", "access_url", "a restricted document has the address of the agency's log-in"
            )
        case AccessRights.NON_PUBLIC if access.address or access.digest:
            member = "digest" if access.digest else "access_url" if access.access_url else "download_url"
            raise AccessRefused(
                "too-much", member, "of a document that is not public only its existence is said: leave the address out"
            )


def _media_type(text: str) -> str:
    found = text.strip().lower().partition(";")[0].strip()
    if not _MEDIA_TYPE.fullmatch(found):
        raise AccessRefused("media-type", "media_type", f"a media type is like application/pdf (got {text[:80]!r})")
    return found


def _digest(text: str) -> str:
    found = _DIGEST.fullmatch(text.strip())
    if found is not None:
        try:
            raw = base64.b64decode(found[2], validate=True)
        except binascii.Error:
            raw = b""
        if len(raw) == _DIGEST_BYTES[found[1]]:
            return f"{found[1]}-{base64.b64encode(raw).decode()}"
    proposed = digest_of_hex(text.strip().lower()) if re.fullmatch(r"[0-9A-Fa-f]{64}", text.strip(), re.ASCII) else ""
    raise AccessRefused(
        "digest",
        "digest",
        f"a digest is sha256- (or sha384-, sha512-) and the digest in base64 (got {text[:100]!r})",
        proposed,
    )


def digest_of_hex(sha256: str) -> str:
    """A SHA-256 in hexadecimal as Subresource Integrity writes it."""
    return f"sha256-{base64.b64encode(bytes.fromhex(sha256)).decode()}"


def _host(host: str, member: str) -> str:
    """The host's name in lower case, as DNS has it."""
    try:
        name = host.lower() if host.isascii() else host.encode("idna").decode()
    except UnicodeError as error:
        raise AccessRefused("address", member, "the host of the address cannot be a name") from error
    if not _HOST.fullmatch(name) or name.rpartition(".")[2] in _INNER_HOSTS:
        raise AccessRefused(
            "host", member, f"the address leads to no host that the public can reach by its name (got {name[:100]!r})"
        )
    return name


def _escaped(tail: str) -> str:
    """What stands behind the host, with one fragment at most and whole %HH pairs."""
    path, sign, fragment = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", tail).partition("#")
    return quote(path, safe=_KEPT) + sign + quote(fragment, safe=_KEPT)


def _is_secret(address: str) -> bool:
    whole = unquote(address)
    if _SECRET_FORMS.search(whole):
        return True
    parts = urlsplit(address)
    pairs = [
        pair for text in (parts.query, parts.fragment.partition("?")[2] or parts.fragment) for pair in parse_qsl(text)
    ]
    return any(value and _SECRET_NAMES.fullmatch(name) for name, value in pairs)


# What is not disclosed


def _hidden(license: License, license_type: LicenseType) -> Iterator[tuple[str, bool]]:
    """Pieces, folded, of what stands on the licence and is not disclosed, and whether each is of a person's name."""
    public = disclosed(license, license_type)
    if public == license:
        return
    names = {text for each in license.licensees for text in _both(each.name)}
    for name in names - {text for each in public.licensees for text in _both(each.name)}:
        _title, given, family = split_person_name(name)
        yield from ((piece, True) for piece in map(_folded, (given, *family.split())) if len(piece) >= _SHORTEST_NAME)
    for text in set(_texts(license)) - set(_texts(public)):
        for word in (text, *text.split()):
            piece = _folded(_TITLES.sub("", word))
            if len(piece) >= _SHORTEST:
                yield piece, False


def _texts(license: License) -> Iterator[str]:
    """All texts of a licence but those that name and number it, and those of its licensees."""
    for place in license.premises:
        address = place.address
        yield from _both(place.name)
        yield from (address.street, address.subdistrict, address.district, address.province, address.postal_code)
        yield from (address.subdistrict_code, place.latitude, place.longitude)
    for activity in license.activities:
        yield from _both(activity)
    yield from license.conditions
    yield from (item.value for item in license.particulars)


def _both(text: LocalText | None) -> tuple[str, ...]:
    return tuple(filter(None, (text.th, text.en))) if text else ()


def _tells(address: str, hidden: tuple[tuple[str, bool], ...]) -> bool:
    if not address:
        return False
    parts = urlsplit(address)
    plain = unquote(unquote(f"{parts.path} {parts.query} {parts.fragment}"))
    whole, path = _folded(f"{parts.hostname} {plain}"), _folded(plain)
    return any(_stands_in(piece, whole if is_name else path, plain) for piece, is_name in hidden)


def _stands_in(piece: str, folded: str, plain: str) -> bool:
    if piece.isdecimal():
        # A postal code is no part of a longer number.
        return re.search(rf"(?<!\d){piece}(?!\d)", plain) is not None or (len(piece) > 5 and piece in folded)
    return piece in folded


def _folded(text: str) -> str:
    return _SIGNS.sub("", text).casefold()
