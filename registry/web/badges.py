"""Badges and cards: what other sites and chats show of a licence, and how they find it (oEmbed 1.0)."""

from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, Response, abort, jsonify, request
from markupsafe import Markup

from registry import urls
from registry.poster.badge import SIZES, Style, badge_of, badge_svg, lasting_alt, missing_badge
from registry.poster.card import HEIGHT, WIDTH, card_job, site_card_job
from registry.poster.desk import Desk
from registry.poster.standing import FormatNotProvided, NotEmbedded, Standing, fresh_seconds, standing_of
from registry.record import LicenseRecord
from registry.register import Register
from registry.store import NoSuchCode, Store
from registry.translation import LANGUAGES, Language, language, translate
from registry.web.limits import Limits
from registry.web.pages import RecordWithdrawn
from registry.web.posters import set_for_caller, shown_record
from vocab.graph import date_time
from vocab.iri import MalformedIri

SVG, PNG = "image/svg+xml", "image/png"
DRAWN_ONLY = "sandbox; default-src 'none'; style-src 'unsafe-inline'"


def badges_blueprint(register: Register, desk: Desk, limits: Limits) -> Blueprint:
    """For sites of others: pictures that anybody may embed, the same as JSON, and oEmbed."""
    blueprint = Blueprint("badges", __name__)
    host = register.base.partition("://")[2]

    @blueprint.get("/badge/<check_id>.svg")
    def badge(check_id: str) -> Response:
        lang, style = language(request.args.get("lang")), _style(request.args.get("style"))
        try:
            shown, status = badge_of(_standing(register, check_id), host, lang), 200
        except RecordWithdrawn:
            shown, status = missing_badge(host, lang, was_withdrawn=True), 410
        except NoSuchCode:
            shown, status = missing_badge(host, lang, was_withdrawn=False), 404
        response = _kept(register, Response(badge_svg(shown, style), status, content_type=f"{SVG}; charset=utf-8"))
        response.headers["Content-Security-Policy"] = DRAWN_ONLY
        return response

    @blueprint.get("/badge/<check_id>.json")
    def badge_json(check_id: str) -> Response:
        standing = _standing(register, check_id)
        return _kept(register, jsonify(_told(standing, register.base)))

    @blueprint.get("/card/site.png")
    def site_card() -> Response:
        job = site_card_job(host, language(request.args.get("lang")), is_demo=register.is_demo())
        return _kept(register, Response(set_for_caller(desk, job, limits), content_type=PNG))

    @blueprint.get("/card/<check_id>.png")
    def card(check_id: str) -> Response:
        job = card_job(_standing(register, check_id), host, language(request.args.get("lang")))
        return _kept(register, Response(set_for_caller(desk, job, limits), content_type=PNG))

    @blueprint.get("/oembed")
    def oembed() -> Response:
        _check_format(request.args.get("format", "json"))
        address = request.args.get("url", "")
        with register.database.reading() as session:
            record = _embedded(register, register.store(session), address)
            standing = standing_of(register, session, record)
        lang = language(_lang_of(address) or request.args.get("lang"))
        answer = _rich(standing, lasting_alt(standing, lang), register, lang)
        return _kept(register, jsonify(answer))

    return blueprint


def snippet(
    check_id: str, alt: str, base: str, lang: Language, width: int, height: int, style: Style = Style.STANDARD
) -> str:
    """What a shop puts into its page: a link to the licence with its badge, and nothing else."""
    page = base + urls.in_language(urls.check(check_id), lang)
    image = base + urls.in_language(urls.badge(check_id, "svg"), lang)
    if style is not Style.STANDARD:
        image += f"{'&' if '?' in image else '?'}style={style}"
    return str(
        Markup('<a href="{}"><img src="{}" alt="{}" width="{}" height="{}"></a>').format(
            page, image, alt, width, height
        )
    )


def _standing(register: Register, check_id: str) -> Standing:
    """How the licence with this code stands. Raises `NoSuchCode`, `RecordWithdrawn`."""
    with register.database.reading() as session:
        return standing_of(register, session, shown_record(register.store(session), check_id))


def _told(standing: Standing, base: str) -> dict[str, object]:
    verdict = standing.verdict
    return {
        "license": str(standing.license.iri),
        "number": standing.license.number,
        "type": _both(standing.license_type.name.th, standing.license_type.name.en),
        "authority": _both(standing.authority.name.th, standing.authority.name.en),
        "genuine": {"answer": verdict.genuine.answer.value, "code": verdict.genuine.code},
        "inForce": {"answer": verdict.in_force.answer.value, "code": str(verdict.in_force.code)},
        "words": {lang: translate(lang, standing.words) for lang in LANGUAGES},
        "colour": standing.colour,
        "day": standing.day.isoformat(),
        "asOf": date_time(verdict.as_of) if verdict.as_of else None,
        "page": base + urls.check(standing.check_id),
        "image": base + urls.badge(standing.check_id, "svg"),
    }


def _both(thai: str, english: str) -> dict[str, str]:
    return {lang: text for lang, text in (("th", thai), ("en", english)) if text}


def _rich(standing: Standing, alt: str, register: Register, lang: Language) -> dict[str, object]:
    """An answer of oEmbed 1.0, section 2.3.4.4; never larger than was asked for."""
    width, height, style = _room()
    is_wide = _asked("maxwidth") >= WIDTH and _asked("maxheight") >= HEIGHT
    thumbnail = {
        "thumbnail_url": register.base + urls.in_language(urls.card(standing.check_id), lang),
        "thumbnail_width": WIDTH,
        "thumbnail_height": HEIGHT,
    }
    return {
        "version": "1.0",
        "type": "rich",
        "title": alt,
        "provider_name": translate(lang, "Verifiable license registry"),
        "provider_url": register.base,
        "author_name": standing.authority.name.in_language(lang),
        "author_url": register.base + urls.authority(standing.authority.code),
        "cache_age": fresh_seconds(register.now()),
        "html": snippet(standing.check_id, alt, register.base, lang, width, height, style),
        "width": width,
        "height": height,
        **(thumbnail if is_wide else {}),
    }


def _room() -> tuple[int, int, Style]:
    """The size of the badge within what was asked for: the standard one, the small one, or that one smaller still."""
    most_wide, most_high = _asked("maxwidth"), _asked("maxheight")
    for style, (width, height) in SIZES.items():
        if width <= most_wide and height <= most_high:
            return width, height, style
    width, height = SIZES[Style.SMALL]
    scale = min(most_wide / width, most_high / height)
    return max(1, int(width * scale)), max(1, int(height * scale)), Style.SMALL


def _asked(name: str) -> int:
    text = request.args.get(name)
    if text is None:
        return 1 << 20
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= 6 and int(text)):
        abort(400, f"{name} is a number of pixels (got {text[:20]!r})")
    return int(text)


def _check_format(format_name: str) -> None:
    """oEmbed 1.0 (section 2.2) knows two formats. Raises `FormatNotProvided` for the one that is not made here."""
    if format_name == "xml":
        raise FormatNotProvided("the format is json here (got 'xml')")
    if format_name != "json":
        abort(400, f"format is json (got {format_name[:20]!r})")


def _embedded(register: Register, store: Store, address: str) -> LicenseRecord:
    """The licence whose page is at `address`. Raises `NotEmbedded`, `NoSuchCode`, `RecordWithdrawn`."""
    # Scheme and host have no case (RFC 3986, 6.2.2.1): codes and posters bear them in capitals.
    own = f"{register.base}/"
    path = address[len(register.base) :].partition("?")[0].partition("#")[0]
    if address[: len(own)].lower() != own.lower():
        raise NotEmbedded(f"this is no address of {register.base} (got {address[:200]!r})")
    for prefix in ("/C/", "/c/"):
        if path.startswith(prefix):
            return shown_record(store, path.removeprefix(prefix).upper())
    for prefix in ("/doc/html/lic/", "/id/lic/"):
        if path.startswith(prefix):
            record = _by_tail(register, store, path.removeprefix(prefix))
            if record is not None:
                return shown_record(store, record.check_id)
    raise NotEmbedded(f"this is no page of a licence (got {address[:200]!r}, expected e.g. {register.base}/C/...)")


def _by_tail(register: Register, store: Store, raw: str) -> LicenseRecord | None:
    try:
        return store.find(urls.parse_tail(register.base, urls.canonical_tail(raw)))
    except MalformedIri:
        return None


def _lang_of(address: str) -> str | None:
    try:
        return parse_qs(urlsplit(address).query).get("lang", [None])[0]
    except ValueError:
        return None


def _style(text: str | None) -> Style:
    try:
        return Style(text or Style.STANDARD)
    except ValueError:
        abort(400, f"style is one of {', '.join(Style)} (got {str(text)[:20]!r})")


def _kept(register: Register, response: Response) -> Response:
    """An answer that other sites may embed, kept for minutes and never beyond the day."""
    response.headers["Cache-Control"] = f"public, max-age={fresh_seconds(register.now())}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    if response.status_code == 200:
        response.add_etag()
        response.make_conditional(request)
    return response
