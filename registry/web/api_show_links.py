"""`/api/v1/show-links/...`: the links by which licensees show a licence on their phones, for the licence's authority."""

from datetime import timedelta

from flask import Blueprint, Response, request

from registry import urls
from registry.api.access_request import require_own
from registry.intake.plain import MemberRefused, read_members
from registry.record import LicenseRecord
from registry.register import Register
from registry.services import NoSuchLicense
from registry.showing.links import ShowLink, new_show_link, revoke_show_links, show_links
from registry.tokens import AccessToken, TokenScope
from registry.web.api import Gate, json_answer
from registry.web.api_licenses import named_license
from registry.web.pages import require_shown
from vocab.graph import date_time

PREFIX = urls.api_show_links_prefix()
DAYS = ("open_within_days", "show_for_days")


def show_links_blueprint(register: Register, gate: Gate) -> Blueprint:
    """Links of one licence: made, listed (without what opens them) and revoked by tokens of its authority with `publish`."""
    blueprint = gate.blueprint("show_links")

    @blueprint.post("/show-links/<authority>/<type>/<path:number>")
    def post(**_decoded: str) -> Response:
        caller, record = _asked(register, gate)
        if isinstance(record, Response):
            return record
        days = _days(request.get_data())
        link, secret = new_show_link(register, record, token_id=caller.id, **days)
        answer = {"link": register.base + urls.show(secret), **_told(link, register)}
        return json_answer(answer, 201)

    @blueprint.get("/show-links/<authority>/<type>/<path:number>")
    def get(**_decoded: str) -> Response:
        _, record = _asked(register, gate)
        if isinstance(record, Response):
            return record
        return json_answer({"links": [_told(link, register) for link in show_links(register, record.id)]})

    @blueprint.delete("/show-links/<authority>/<type>/<path:number>")
    def delete(**_decoded: str) -> Response:
        _, record = _asked(register, gate)
        if isinstance(record, Response):
            return record
        return json_answer({"revoked": revoke_show_links(register, record.id)})

    return blueprint


def _asked(register: Register, gate: Gate) -> tuple[AccessToken, LicenseRecord | Response]:
    """Who asks, and of which licence; or where that is. Raises `NotPermitted`, `NoSuchLicense`, `RecordWithdrawn`."""
    caller = gate.caller(TokenScope.PUBLISH)
    named = named_license(register, PREFIX, caller.authority)
    if isinstance(named, Response):
        return caller, named
    require_own(caller, named)
    with register.database.reading() as session:
        store = register.store(session)
        record = store.find(named)
        if record is None:
            raise NoSuchLicense(f"no licence in this register has the IRI {named}")
        require_shown(store, record, named.number)
    return caller, record


def _days(body: bytes) -> dict[str, timedelta]:
    """What the body says of how long, which it need not."""
    said = read_members(body) if body else {}
    for name, value in said.items():
        if name not in DAYS:
            raise MemberRefused(f"/{name[:100]}", f"there is no such member; there are {' and '.join(DAYS)}")
        if type(value) is not int or not 1 <= value <= 3660:
            raise MemberRefused(f"/{name}", "a whole number of days is expected here")
    names = {"open_within_days": "to_open", "show_for_days": "to_show"}
    return {names[name]: timedelta(days=value) for name, value in said.items()}


def _told(link: ShowLink, register: Register) -> dict[str, object]:
    return {
        "id": link.id,
        "state": link.state(register.now()),
        "made_at": date_time(link.made_at),
        "open_until": date_time(link.expires_at),
        "shows_until": date_time(link.lasts_until),
        "opened_at": date_time(link.opened_at) if link.opened_at else None,
        "revoked_at": date_time(link.revoked_at) if link.revoked_at else None,
    }
