"""Posters of licences: one for everybody who asks, and those of a batch for its authority."""

from typing import TypeVar

from flask import Blueprint, Response, abort, request

from issuers.qr import CHECK_ID, Correction
from registry.api.batch_request import own_report
from registry.poster.batch import batch_posters, require_few
from registry.poster.desk import Desk
from registry.poster.poster import Size, Wish, poster_job
from registry.poster.typesetting import Job
from registry.record import LicenseRecord
from registry.register import Register
from registry.render import Rendered
from registry.store import NoSuchCode, Store
from registry.tokens import TokenScope
from registry.translation import LANGUAGES, Language, language
from registry.web import pages
from registry.web.answer import document_answer
from registry.web.api import Gate, still_at_it
from registry.web.files import SANDBOX
from registry.web.limits import Limits, caller_of

PDF, ZIP = "application/pdf", "application/zip"
Choice = TypeVar("Choice", Size, Correction)


def posters_blueprint(register: Register, desk: Desk, limits: Limits) -> Blueprint:
    """The poster of a licence, for everybody: it shows what its page shows."""
    blueprint = Blueprint("posters", __name__)

    @blueprint.get("/poster/<check_id>.pdf")
    def poster(check_id: str) -> Response:
        wish = _wish()
        with register.database.reading() as session:
            store = register.store(session)
            record = shown_record(store, check_id)
            job = poster_job(register, session, record, wish)
        response = document_answer(Rendered(set_for_caller(desk, job, limits), PDF))
        response.headers["Content-Disposition"] = f"inline; filename=poster-{check_id}-{wish.size}.pdf"
        response.headers["Content-Security-Policy"] = SANDBOX
        return response

    return blueprint


def batch_posters_blueprint(register: Register, gate: Gate, desk: Desk) -> Blueprint:
    """The posters of a batch, for tokens of its authority with the scope `publish`."""
    blueprint = gate.blueprint("batch_posters")

    @blueprint.get("/batches/<int:number>/posters.zip")
    def posters(number: int) -> Response:
        caller = gate.caller(TokenScope.PUBLISH)
        own_report(register, caller, number)
        wish = _wish()
        require_few(register, number)
        alive = still_at_it()
        # Made whole before it is sent: whoever reads slowly keeps no place.
        made = bytearray()
        with desk.place(caller.authority) as typesetter:
            for piece in batch_posters(register, number, wish, typesetter):
                alive()
                made += piece
        response = Response(bytes(made), content_type=ZIP)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Content-Disposition"] = f"attachment; filename=batch-{number}-posters.zip"
        return response

    return blueprint


def shown_record(store: Store, check_id: str) -> LicenseRecord:
    """The public licence with this code. Raises `NoSuchCode`, `registry.web.pages.RecordWithdrawn`."""
    record = store.find_by_check_id(check_id) if CHECK_ID.fullmatch(check_id) else None
    if record is None:
        raise NoSuchCode(f"no licence has the code {check_id[:40]!r}")
    pages.require_shown(store, record, "")
    return record


def set_for_caller(desk: Desk, job: Job, limits: Limits) -> bytes:
    """The page, counted for who asks where it is set for them.

    Raises `registry.poster.desk.DeskBusy`, `registry.web.limits.TooManyRequests`,
    `registry.poster.typesetting.TypesettingFailed`.
    """
    who = caller_of(request.remote_addr)
    return desk.set(job, lambda: limits.count("poster", who), who)


def _wish() -> Wish:
    return Wish(
        size=_choice("size", Size, Size.A4),
        lang=_lang(),
        level=_choice("level", Correction, Correction.M),
    )


def _lang() -> Language:
    text = request.args.get("lang")
    if text is not None and text not in LANGUAGES:
        abort(400, f"lang is one of {', '.join(LANGUAGES)} (got {text[:20]!r})")
    return language(text)


def _choice(name: str, kind: type[Choice], default: Choice) -> Choice:
    text = request.args.get(name)
    try:
        return kind(text or default)
    except ValueError:
        abort(400, f"{name} is one of {', '.join(kind)} (got {str(text)[:20]!r})")
