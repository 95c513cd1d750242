"""Share links: the address under which a share service gives the file itself, made of the link that people copy.

| what is copied | what is fetched |
|---|---|
| docs.google.com/spreadsheets/d/ID/edit#gid=N | .../d/ID/export?format=csv&gid=N: this sheet, else the first |
| docs.google.com/spreadsheets/d/e/ID/pubhtml | .../d/e/ID/pub?output=csv |
| drive.google.com/file/d/ID/view, open?id=ID, uc?id=ID | drive.usercontent.google.com/download?id=ID |
| NAME.sharepoint.com/:x:/... (OneDrive for work, SharePoint) | the same with download=1 |
| 1drv.ms/..., onedrive.live.com/... (personal) | api.onedrive.com/v1.0/shares/u!.../root/content |
| onedrive.live.com/embed?resid=... | onedrive.live.com/download?resid=... |

A sheet is fetched as CSV: the same sheet gives the same bytes, and a cell is what the agency sees in it. Anything else is
fetched as it is.
"""

import base64
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlencode, urlsplit, urlunsplit

_SHEET = re.compile(
    r"/(?:a/[^/]+/)?spreadsheets/(?:u/\d+/)?d/(?P<id>(?:e/)?[A-Za-z0-9_-]{10,200})(?P<rest>/.*)?", re.ASCII
)
_DRIVE_FILE = re.compile(r"/(?:a/[^/]+/)?file/(?:u/\d+/)?d/(?P<id>[A-Za-z0-9_-]{10,200})(?:/.*)?", re.ASCII)
_DRIVE_ID = re.compile(r"[A-Za-z0-9_-]{10,200}", re.ASCII)
_GOOGLE_HOSTS = frozenset({"*.googleusercontent.com"})
_ONEDRIVE_HOSTS = frozenset({"onedrive.live.com", "*.1drv.com", "*.microsoftpersonalcontent.com", "*.sharepoint.com"})


class LinkRefused(ValueError):
    """A link from which no file can be fetched. Says what it is and which one is expected."""


@dataclass(frozen=True, slots=True)
class Download:
    """What to fetch, and the hosts to which the service leads on from there."""

    url: str
    hosts: frozenset[str] = frozenset()


def download_address(url: str) -> Download:
    """The file behind a share link (see the table above); any other address is fetched as it is. Raises `LinkRefused`."""
    try:
        parts = urlsplit(url.strip())
    except ValueError as error:
        raise LinkRefused(f"this is no address (got {url[:200]!r}, expected https://...)") from error
    match parts.hostname or "":
        case "docs.google.com":
            return _google_document(parts)
        case "drive.google.com" | "drive.usercontent.google.com":
            return _google_drive(parts)
        case "1drv.ms" | "onedrive.live.com":
            return _onedrive(parts)
        case host if host.endswith(".sharepoint.com") and parts.path.startswith("/:"):
            return Download(_with_query(parts, {**_query(parts), "download": "1"}))
        case _:
            return Download(urlunsplit(parts._replace(fragment="")))


def _google_document(parts: SplitResult) -> Download:
    match = _SHEET.fullmatch(parts.path)
    if match is None:
        if parts.path.startswith("/uc"):
            return _google_drive(parts)
        raise LinkRefused(
            f"this is a Google document and no sheet (got {parts.path[:80]!r}, expected docs.google.com/spreadsheets/d/...)"
        )
    query, rest = _query(parts), match["rest"] or ""
    if rest.startswith(("/export", "/gviz/")) or query.get("output") == "csv":
        return Download(urlunsplit(parts._replace(fragment="")), _GOOGLE_HOSTS)
    if query.get("rtpof") == "true":
        # An Excel file that is shown as a sheet: the file itself is there.
        return _drive_file(match["id"], query)
    named = {name: values[0] for name, values in parse_qs(parts.fragment).items()}
    gid = query.get("gid") or named.get("gid") or ""
    wanted = {"gid": gid} if gid.isdecimal() and gid.isascii() else {}
    keys = {name: query[name] for name in ("resourcekey",) if name in query}
    if match["id"].startswith("e/"):
        target, form = "pub", {"output": "csv", **({"single": "true"} if wanted else {})}
    else:
        target, form = "export", {"format": "csv"}
    return Download(
        f"https://docs.google.com/spreadsheets/d/{match['id']}/{target}?{urlencode({**form, **wanted, **keys})}",
        _GOOGLE_HOSTS,
    )


def _google_drive(parts: SplitResult) -> Download:
    query = _query(parts)
    if "/folders/" in parts.path:
        raise LinkRefused(
            "this is a link to a Google Drive folder: share the file in it, and give the link to that file"
        )
    match = _DRIVE_FILE.fullmatch(parts.path)
    file_id = match["id"] if match else query.get("id", "")
    if not _DRIVE_ID.fullmatch(file_id):
        raise LinkRefused(f"no file is named in this Google Drive link (got {parts.path[:80]!r}, expected /file/d/...)")
    return _drive_file(file_id, query)


def _drive_file(file_id: str, query: dict[str, str]) -> Download:
    # confirm: large files are not looked through for viruses, and a page would ask whether one wants them all the same.
    wanted = {"id": file_id, "export": "download", "confirm": "t"}
    keys = {name: query[name] for name in ("resourcekey",) if name in query}
    return Download(f"https://drive.usercontent.google.com/download?{urlencode({**wanted, **keys})}", _GOOGLE_HOSTS)


def _onedrive(parts: SplitResult) -> Download:
    if parts.hostname == "onedrive.live.com" and parts.path in {"/embed", "/download", "/download.aspx"}:
        path = "/download" if parts.path == "/embed" else parts.path
        return Download(urlunsplit(parts._replace(path=path, fragment="")), _ONEDRIVE_HOSTS)
    if not parts.path.strip("/") and not parts.query:
        raise LinkRefused("no file is named in this OneDrive link: share the file, and give the link to it")
    # "Encoding sharing URLs" in the documentation of the OneDrive API.
    link = urlunsplit(parts._replace(fragment=""))
    share = base64.urlsafe_b64encode(link.encode()).decode().rstrip("=")
    return Download(f"https://api.onedrive.com/v1.0/shares/u!{share}/root/content", _ONEDRIVE_HOSTS)


def _query(parts: SplitResult) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}


def _with_query(parts: SplitResult, query: dict[str, str]) -> str:
    return urlunsplit(parts._replace(query=urlencode(query), fragment=""))
