"""`/show`: the licence on its holder's phone. An authority's link is opened once; then the phone shows a code for each minute."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date

from flask import Blueprint, Response, jsonify, render_template, request

from issuers.qr import svg
from registry import urls
from registry.record import LicenseRecord
from registry.register import Register
from registry.showing.display import Display, Displays
from registry.showing.links import LinkState, NoSuchShowLink, ShowLink, ShowLinkOver, open_link, shown_by, waiting_link
from registry.translation import language
from registry.web.pages import FaceRow, RecordWithdrawn, face_rows, require_shown
from verify.verdict import Answer
from vocab.authority import FaceField
from vocab.graph import date_time
from vocab.history import THAI_TIME, ActKind, Status

COOKIE = "__Host-show"
"""Of this host and its whole path, over TLS only, and not for scripts."""
MOST_LICENSES = 10
"""Licences on one phone."""
RENEW_SECONDS = 30
SHOWN = frozenset({FaceField.LICENSEE, FaceField.PREMISES_NAME, FaceField.EXPIRES_ON})
"""Of the face, beside the code: what can be compared at a glance."""
_ACT_OF: Mapping[Status, ActKind] = {
    Status.SUSPENDED: ActKind.SUSPEND,
    Status.REVOKED: ActKind.REVOKE,
    Status.SURRENDERED: ActKind.SURRENDER,
}
RUNS_OUR_SCRIPT = (
    "default-src 'none'; img-src 'self' data:; style-src 'self'; font-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def show_blueprint(register: Register) -> Blueprint:
    """The page for the holder, and the code for its renewal."""
    blueprint = Blueprint("show", __name__)
    displays = Displays()

    @blueprint.get("/show/<secret>")
    def offered(secret: str) -> tuple[str, int]:
        # Opened by a button, and not by being looked at: chats look at links before people do.
        try:
            link = waiting_link(register, secret)
        except NoSuchShowLink:
            return _page("unknown", 404)
        except ShowLinkOver as over:
            return _page(over.state.value, 410)
        with register.database.reading() as session:
            store = register.store(session)
            record = store.find_by_id(link.license_id)
            if record is None or not record.is_shown:
                return _page("withdrawn", 410)
            grantor = store.grantor(record.license.iri.authority, record.license.iri.type)
            return _page("offered", 200, record=record, grantor=grantor, secret=secret)

    @blueprint.post("/show/<secret>")
    def opened(secret: str) -> Response | tuple[str, int]:
        try:
            link, device = open_link(register, secret)
        except NoSuchShowLink:
            return _page("unknown", 404)
        except ShowLinkOver as over:
            return _page(over.state.value, 410)
        showing = _showing(register, [each for each in _devices() if each != device])[: MOST_LICENSES - 1]
        kept = [device, *(other for other, _ in showing)]
        # The cookie lives as long as the longest of what it opens.
        ends = max(each.lasts_until for each in (link, *(each for _, each in showing)))
        target = urls.in_language(urls.show(), language(request.args.get("lang")))
        response = Response(status=303, headers={"Location": target})
        life = int((ends - register.now()).total_seconds())
        response.set_cookie(COOKIE, ".".join(kept), max_age=life, secure=True, httponly=True, samesite="Lax", path="/")
        return response

    @blueprint.get("/show")
    def shown() -> tuple[str, int]:
        links, state = _links(register, _devices())
        if not links:
            return _page(state, 200 if state == "none" else 410)
        chosen = next((each for each in links if str(each.id) == request.args.get("which")), links[0])
        try:
            display, rows, since = _display(register, displays, chosen)
        except RecordWithdrawn:
            return _page("withdrawn", 410)
        others = {each.license_id: each for each in reversed(links) if each.license_id != chosen.license_id}
        now = register.now()
        return _page(
            "shown",
            200,
            display=display,
            code=_drawn(display),
            rows=rows,
            since=since,
            others=_named(register, list(reversed(others.values()))),
            which=chosen.id,
            renew=RENEW_SECONDS,
            left=int((display.until - now).total_seconds()) if display.until else "",
            now=now,
        )

    @blueprint.get("/show.json")
    def token() -> tuple[Response, int]:
        links, state = _links(register, _devices())
        chosen = next((each for each in links if str(each.id) == request.args.get("which")), None)
        if chosen is None:
            return jsonify({"state": "over" if state != "none" else state}), 410
        try:
            display, _, _ = _display(register, displays, chosen)
        except RecordWithdrawn:
            return jsonify({"state": "withdrawn"}), 410
        return jsonify(_told(display, register)), 200

    @blueprint.after_request
    def keep_to_itself(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Content-Security-Policy"] = RUNS_OUR_SCRIPT
        return response

    return blueprint


def _told(display: Display, register: Register) -> dict[str, object]:
    """What the page needs to show the next minute; `state` is `in-force`, or the page is to be loaded anew."""
    is_good = display.standing.verdict.in_force.answer is Answer.YES and bool(display.text)
    return {
        "state": "in-force" if is_good else "not-in-force",
        "code": _drawn(display),
        "now": date_time(register.now()),
        "until": date_time(display.until) if display.until else None,
        "clock": register.now().astimezone(THAI_TIME).strftime("%H:%M:%S"),
    }


def _drawn(display: Display) -> str:
    """The code as a part of the page, which says what it is; nothing where there is none."""
    return svg(display.text).replace(' role="img"', ' aria-hidden="true"', 1) if display.text else ""


def _display(register: Register, displays: Displays, link: ShowLink) -> tuple[Display, list[FaceRow], date | None]:
    """What the phone shows, the rows of the licence's face beside it, and since which day it is as an act made it."""
    with register.database.reading() as session:
        store = register.store(session)
        record = store.find_by_id(link.license_id)
        assert record is not None
        require_shown(store, record, "")
        grantor = store.grantor(record.license.iri.authority, record.license.iri.type)
        display = displays.of(register, session, record, link.id)
        face = face_rows(display.standing.license, record.license, grantor.license_type)
        return display, [row for row in face if row.field in SHOWN], _since(record, store.today)


def _since(record: LicenseRecord, today: date) -> date | None:
    """The day of the act by which a licence is not in force, if it is one."""
    kind = _ACT_OF.get(record.history.status(today))
    days = [act.effective_on for act in record.history.in_effect() if act.kind is kind and act.effective_on is not None]
    return max((day for day in days if day <= today), default=None)


def _devices() -> Sequence[str]:
    """The secrets that this phone has, the newest first."""
    text = request.cookies.get(COOKIE, "")
    return [each for each in text.split(".") if len(each) == 40][:MOST_LICENSES]


def _showing(register: Register, devices: Sequence[str]) -> list[tuple[str, ShowLink]]:
    """The devices that show a licence now, each with its link."""
    found = []
    for device in devices:
        with suppress(NoSuchShowLink, ShowLinkOver):
            found.append((device, shown_by(register, device)))
    return found


def _links(register: Register, devices: Sequence[str]) -> tuple[list[ShowLink], str]:
    """The links that these devices show, and if none, why: `none` was ever opened, or the newest is over."""
    found, state = [], "none"
    for device in devices:
        try:
            found.append(shown_by(register, device))
        except NoSuchShowLink:
            continue
        except ShowLinkOver as over:
            state = "ended" if over.state is LinkState.EXPIRED and state == "none" else over.state.value
    return found, state


def _named(register: Register, links: Sequence[ShowLink]) -> list[tuple[int, str]]:
    with register.database.reading() as session:
        records = register.store(session).records([each.license_id for each in links])
    numbers = {each.id: each.license.number for each in records if each.is_shown}
    return [(each.id, numbers[each.license_id]) for each in links if each.license_id in numbers]


def _page(state: str, status: int, **shown: object) -> tuple[str, int]:
    return render_template("show.html", state=state, **shown), status
