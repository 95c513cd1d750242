"""`/report/...`: anybody tells a licence's authority that a sign does not match. Nothing is kept of who does."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, Response, abort, render_template, request

from registry import urls
from registry.places import EndpointBusy
from registry.presented.found import MAX_FILE_BYTES, Unreadable
from registry.presented.kind import Kind, kind_of
from registry.presented.room import Redrawer
from registry.record import LicenseRecord
from registry.register import Register
from registry.reports import (
    MAX_PLACE,
    MAX_TEXT,
    Mismatch,
    QueueFull,
    Told,
    is_readable,
    receive_report,
    receiver_of,
    tidied,
)
from registry.services import NoSuchLicense
from registry.store import Store
from registry.translation import marked as _
from registry.web import pages
from registry.web.answer import permanently, see_other
from registry.web.api import kept_alive
from registry.web.limits import Limits, TooManyRequests, caller_of
from verify.document import MAX_BYTES
from vocab.authority import LicenseType, LicensingAuthority
from vocab.iri import LicenseIri, MalformedIri

PREFIX = "/report/lic/"
SIGNS: Sequence[tuple[Mismatch, str]] = (
    (Mismatch.NUMBER, _("The licence number")),
    (Mismatch.NAME, _("The name of the business or shop")),
    (Mismatch.LICENSEE, _("The licensee")),
    (Mismatch.ADDRESS, _("The address")),
    (Mismatch.ACTIVITY, _("What is done or sold there")),
    (Mismatch.DATES, _("The days on the sign")),
    (Mismatch.CODE, _("The QR code: it leads elsewhere, or is not signed")),
    (Mismatch.OTHER, _("Something else")),
)
NOTHING_SAID = _("Mark what does not match, or write it in a few words.")
TOO_LONG = _("This is too long: at most 1,000 characters for what you saw, and 300 for the place.")
NOT_PRINTABLE = _("The text has characters that cannot be read. Please type it again.")
LEAVE_EMPTY = _("The field for programs was filled in, so the report was not sent. Please leave it empty.")
PHOTO_FORMAT = _(
    "The photo could not be used: send a JPEG, PNG or WebP (a screenshot will do), or send the report without it."
)
PHOTO_TOO_LARGE = _(
    "The photo is too large: at most 12 MB and 50 million points. Send a smaller one, or the report without it."
)
PHOTO_DAMAGED = _("The photo could not be read. Send another one, or the report without it.")

WAIT = _("Too many reports came from your address on the network. Send this one again in %(minutes)s minutes.")
BUSY = _("Other pictures are being read at the moment. Send the report again in a few seconds.")
FULL = _("Too many reports wait for this authority at the moment. Please tell it directly.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage:
    """The form, about one licence; with what was filled in, where it has to be sent again (`fault` says why, `minutes` after how
    long). `had_photo`: one was sent, which no form can hold. `days`: so long after closing is kept what a report says."""

    license: LicenseIri
    license_type: LicenseType
    authority: LicensingAuthority
    days: int
    signs: Sequence[tuple[Mismatch, str]] = SIGNS
    marked: frozenset[str] = frozenset()
    text: str = ""
    place: str = ""
    fault: str = ""
    minutes: int = 0
    had_photo: bool = False


def report_blueprint(register: Register, limits: Limits, redraw: Redrawer, days: int) -> Blueprint:
    """The form, what becomes of what it sends, and the thanks."""
    blueprint = Blueprint("report", __name__)

    @blueprint.teardown_request
    def close_files(_error: BaseException | None) -> None:
        # Large uploads lie in files of no name until then.
        request.close()

    shown = partial(_form, register, days)

    # What the path names is read from the request line, where nothing is decoded yet.
    @blueprint.get("/report/lic/<path:tail>")
    def form(tail: str) -> str | Response:
        named = _named(register)
        return named if isinstance(named, Response) else shown(named)

    @blueprint.post("/report/lic/<path:tail>")
    def send(tail: str) -> str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            abort(403, "this form was sent by another site; open it here and send it yourself")
        request.max_content_length = MAX_FILE_BYTES + MAX_BYTES
        named = _named(register)
        if isinstance(named, Response):
            return named
        who = caller_of(request.remote_addr)
        try:
            with limits.counting("report", who):
                told = _told(lambda raw: redraw(raw, who))
                if isinstance(told, str):
                    return shown(named, told), 400
                return see_other(urls.report_sent(receive_report(register, named, told)))
        except TooManyRequests as error:
            minutes = math.ceil(int(error.headers["Retry-After"]) / 60)
            return shown(named, WAIT, minutes), 429, error.headers
        except EndpointBusy as error:
            return shown(named, BUSY), 503, error.headers
        except QueueFull:
            return shown(named, FULL), 503

    @blueprint.get("/report/sent/<reference>")
    def sent(reference: str) -> str:
        with register.database.reading() as session:
            authority = register.store(session).require_authority(receiver_of(register, reference))
        return render_template("report_sent.html", reference=reference, authority=authority)

    return blueprint


def _named(register: Register) -> LicenseRecord | Response:
    """The licence that the path names, or its one spelling to go to. Raises `NoSuchLicense`, `RecordWithdrawn`."""
    raw = urls.raw_path(request.environ).removeprefix(PREFIX)
    try:
        tail = urls.canonical_tail(raw)
        iri = urls.parse_tail(register.base, tail)
    except MalformedIri as error:
        raise NoSuchLicense(str(error)) from error
    if tail != raw:
        return permanently(PREFIX + tail)
    with register.database.reading() as session:
        store = register.store(session)
        record = store.find(iri)
        if record is None:
            raise NoSuchLicense(f"no licence in this register has the IRI {iri}")
        pages.require_shown(store, record, iri.number)
        return record


def _form(register: Register, days: int, record: LicenseRecord, fault: str = "", minutes: int = 0) -> str:
    file = request.files.get("photo")
    iri = record.license.iri
    with register.database.reading() as session:
        store: Store = register.store(session)
        page = ReportPage(
            license=iri,
            license_type=store.require_license_type(iri.type),
            authority=store.require_authority(iri.authority),
            days=days,
            marked=frozenset(request.form.getlist("wrong")),
            text=request.form.get("text", "")[:MAX_TEXT],
            place=request.form.get("place", "")[:MAX_PLACE],
            fault=fault,
            minutes=minutes,
            had_photo=bool(file and file.filename),
        )
    return render_template("report.html", page=page)


def _told(redraw: Callable[[bytes], bytes]) -> Told | str:
    """What was sent, or why it was not taken."""
    if request.form.get("website"):
        return LEAVE_EMPTY
    known = {each.value: each for each in Mismatch}
    wrong = frozenset(known[each] for each in request.form.getlist("wrong") if each in known)
    text, place = (tidied(request.form.get(name, "")) for name in ("text", "place"))
    if not wrong and not text:
        return NOTHING_SAID
    if len(text) > MAX_TEXT or len(place) > MAX_PLACE:
        return TOO_LONG
    if not is_readable(text + place):
        return NOT_PRINTABLE
    file = request.files.get("photo")
    raw = file.read(MAX_FILE_BYTES + 1) if file and file.filename else b""
    try:
        return Told(wrong=wrong, text=text, place=place, photo=_photo(raw, redraw) if raw else None)
    except Unreadable as error:
        return {"format": PHOTO_FORMAT, "picture-too-large": PHOTO_TOO_LARGE}.get(error.reason, PHOTO_DAMAGED)


def _photo(raw: bytes, redraw: Callable[[bytes], bytes]) -> bytes:
    if len(raw) > MAX_FILE_BYTES:
        raise Unreadable("picture-too-large")
    if kind_of(raw) is not Kind.PICTURE:
        raise Unreadable("format")
    with kept_alive():
        return redraw(raw)
