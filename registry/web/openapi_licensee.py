"""The addresses for licensees, and for sites that show a licence, as OpenAPI 3.1 describes them."""

from issuers.qr import Correction
from registry.poster.badge import Style
from registry.poster.poster import Size
from registry.translation import marked as _
from registry.web.openapi_parts import (
    BATCHES,
    CANONICAL,
    CHECK_ID,
    ETAG,
    LANG,
    LICENSE,
    LICENSES,
    NO_SCHEMA,
    NO_TOKEN,
    NOT_FOUND,
    NOT_NOW,
    NOT_YOURS,
    NUMBER,
    PAGE,
    PROBLEM,
    PUSHING,
    QUALIFIER,
    REFUSED,
    TOO_MANY,
    WITHDRAWN,
    Answer,
    Node,
    in_query,
    json_of,
    operation,
    text_in_path,
)
from registry.web.openapi_push_schemas import object_of


def _choice(name: str, description: str, *values: str) -> Node:
    schema: Node = {"type": "string", "enum": list(values), "default": values[0]}
    return {"name": name, "in": "query", "description": description, "schema": schema}


_SIZE = _choice("size", "The sheet; a sticker is 100 by 150 mm.", *Size)
_LEVEL = _choice("level", "How much of the code may be lost: M (15 %), or Q (25 %).", *Correction)
_STYLE = _choice("style", "How large.", *Style)
_SVG, _PNG = {"image/svg+xml": NO_SCHEMA}, {"image/png": NO_SCHEMA}
_SECRET = text_in_path("secret", "^[0-9a-f]{40}$", "0" * 40)
_NOT_MADE: Answer = (_("It could not be made now. This says nothing about the licence."), PROBLEM)
_OVER: Answer = (_("The link, or what it opened, is over; the page says why."), {"text/html": NO_SCHEMA})
_NO_LINK: Answer = (_("There is no such link."), {"text/html": NO_SCHEMA})
_CARD = {200: (_("The picture, 1200 by 630 pixels."), _PNG), 429: TOO_MANY, 503: _NOT_MADE}
_OWN = {
    308: CANONICAL,
    400: REFUSED,
    401: NO_TOKEN,
    403: NOT_YOURS,
    404: NOT_FOUND,
    410: WITHDRAWN,
    429: TOO_MANY,
}
_MAKE, _LIST, _REVOKE = (
    _("Makes a link by which the licensee shows this licence on a phone; it works once, and is told once"),
    _("The links of a licence, without what opens them"),
    _("Makes all links of a licence worthless, opened or not"),
)


def _links_of_license(name: str, *further: Node) -> Node:
    def asked(verb: str, summary: str, answers: dict[int, Answer]) -> Node:
        return operation(f"{verb}{name}", PUSHING, summary, {**_OWN, **answers}, *LICENSE, *further, token=True)

    made = asked("makeShowLink", _MAKE, {201: (_("The link."), json_of("ShowLinkMade"))})
    return {
        "get": asked("listShowLinks", _LIST, {200: (_("The links."), json_of("ShowLinks"))}),
        "post": made | {"requestBody": {"required": False, "content": json_of("MakeShowLink")}},
        "delete": asked("revokeShowLinks", _REVOKE, {200: (_("How many."), json_of("ShowLinksRevoked"))}),
    }


_TAIL = "/api/v1/show-links/{authority}/{type}/{number}"
LICENSEE_PATHS: dict[str, Node] = {
    "/poster/{check_id}.pdf": {
        "get": operation(
            "poster",
            LICENSES,
            _("A poster of a licence in force, to print and hang up, with its signed credential attached"),
            {
                200: (_("The poster (PDF/A-3)."), {"application/pdf": NO_SCHEMA}),
                400: REFUSED,
                404: NOT_FOUND,
                409: (_("The licence is not in force."), PROBLEM),
                410: WITHDRAWN,
                429: TOO_MANY,
                503: _NOT_MADE,
            },
            CHECK_ID,
            _SIZE,
            LANG,
            _LEVEL,
            headers={200: ETAG},
        )
    },
    "/badge/{check_id}.svg": {
        "get": operation(
            "badge",
            LICENSES,
            _("A badge of a licence for other sites, as it stands today"),
            {
                200: (_("The badge."), _SVG),
                400: REFUSED,
                404: (_("A badge that says that there is no such licence here."), _SVG),
                410: (_("A badge that says that the record was withdrawn."), _SVG),
            },
            CHECK_ID,
            LANG,
            _STYLE,
            headers={200: ETAG},
        )
    },
    "/badge/{check_id}.json": {
        "get": operation(
            "badgeAsData",
            LICENSES,
            _("What a badge says, for sites that draw their own"),
            {200: (_("How the licence stands."), json_of("Badge")), 404: NOT_FOUND, 410: WITHDRAWN},
            CHECK_ID,
            headers={200: ETAG},
        )
    },
    "/card/{check_id}.png": {
        "get": operation(
            "card",
            LICENSES,
            _("The picture that chats show of a licence's page"),
            {**_CARD, 404: NOT_FOUND, 410: WITHDRAWN},
            CHECK_ID,
            LANG,
            headers={200: ETAG},
        )
    },
    "/card/site.png": {
        "get": operation("siteCard", LICENSES, _("The picture that chats show of all other pages"), _CARD, LANG)
    },
    "/oembed": {
        "get": operation(
            "oembed",
            LICENSES,
            _("How other sites embed the badge of a licence whose address they have (oEmbed 1.0)"),
            {
                200: (_("What to embed."), json_of("Embedded")),
                400: REFUSED,
                404: (_("This is no address of a licence here."), PROBLEM),
                410: WITHDRAWN,
                501: (_("This address does not have the format that was asked for."), PROBLEM),
            },
            *in_query("url", example="https://license.example.go.th/C/6WSFNSP2YA0BN7NDPEF7G98QYS"),
            # xml, the other format of oEmbed, is answered with 501: so it is none of the values to ask for.
            {"name": "format", "in": "query", "schema": {"type": "string", "enum": ["json"], "default": "json"}},
            *in_query("maxwidth", "maxheight", example="300"),
            LANG,
        )
    },
    "/show": {
        "get": operation(
            "show",
            LICENSES,
            _("The licence on the phone of its holder, who opened a link there"),
            {200: PAGE, 410: _OVER},
            *in_query("which"),
            LANG,
        )
    },
    "/show.json": {
        "get": operation(
            "showToken",
            LICENSES,
            _("The code of the next minute, for that page"),
            {
                200: (_("The code, or that the licence is not in force."), {"application/json": NO_SCHEMA}),
                410: (_("This device shows no such licence."), {"application/json": NO_SCHEMA}),
            },
            *in_query("which"),
        )
    },
    "/show/{secret}": {
        "get": operation(
            "showLink",
            LICENSES,
            _("What a link is for; looking at it does not use it"),
            {200: PAGE, 404: _NO_LINK, 410: _OVER},
            _SECRET,
            LANG,
        ),
        "post": operation(
            "openShowLink",
            LICENSES,
            _("Opens a link on this device, once"),
            {303: (_("The page that shows the licence."), {}), 404: _NO_LINK, 410: _OVER},
            _SECRET,
            LANG,
        )
        | {"requestBody": {"required": False, "content": {"application/x-www-form-urlencoded": NO_SCHEMA}}},
    },
    "/api/v1/batches/{number}/posters.zip": {
        "get": operation(
            "getPosters",
            BATCHES,
            _("Posters of all licences of a published batch that are in force, with an index and what was left out"),
            {
                200: (_("The file."), {"application/zip": NO_SCHEMA}),
                400: REFUSED,
                401: NO_TOKEN,
                403: NOT_YOURS,
                404: NOT_FOUND,
                409: NOT_NOW,
                429: TOO_MANY,
                503: _NOT_MADE,
            },
            NUMBER,
            _SIZE,
            LANG,
            _LEVEL,
            token=True,
        )
    },
    _TAIL: _links_of_license("OfLicense"),
    f"{_TAIL}/{{qualifier}}": _links_of_license("OfQualifiedLicense", QUALIFIER),
}

_TEXT: Node = {"type": "string"}
_INSTANT: Node = {"type": "string", "format": "date-time"}
_PERHAPS: Node = {"type": ["string", "null"], "format": "date-time"}
_DAYS: Node = {"type": "integer", "minimum": 1, "maximum": 3660}
_PART: Node = {"type": "object", "required": ["answer", "code"], "properties": {"answer": _TEXT, "code": _TEXT}}
_BOTH: Node = {"type": "object", "properties": {"th": _TEXT, "en": _TEXT}}
_LINK: Node = {
    "id": {"type": "integer"},
    "state": {"enum": ["waiting", "opened", "expired", "revoked"]},
    "made_at": _INSTANT,
    "open_until": _INSTANT,
    "shows_until": _INSTANT,
    "opened_at": _PERHAPS,
    "revoked_at": _PERHAPS,
}
LICENSEE_SCHEMAS: dict[str, Node] = {
    "Badge": object_of(
        {
            "license": _TEXT,
            "number": _TEXT,
            "type": _BOTH,
            "authority": _BOTH,
            "genuine": _PART,
            "inForce": _PART,
            "words": _BOTH,
            "colour": {"enum": ["green", "amber", "red"]},
            "day": {"type": "string", "format": "date"},
            "asOf": _PERHAPS,
            "page": _TEXT,
            "image": _TEXT,
        },
    ),
    "Embedded": {"type": "object", "required": ["version", "type", "html", "width", "height"]},
    "MakeShowLink": {
        "type": "object",
        "additionalProperties": False,
        "properties": {"open_within_days": {**_DAYS, "maximum": 90}, "show_for_days": _DAYS},
    },
    "ShowLink": object_of(_LINK),
    "ShowLinkMade": object_of({"link": _TEXT, **_LINK}),
    "ShowLinks": object_of({"links": {"type": "array", "items": {"$ref": "#/components/schemas/ShowLink"}}}),
    "ShowLinksRevoked": object_of({"revoked": {"type": "integer"}}),
}
LICENSEE_EXAMPLES: dict[str, Node] = {
    name: {"open_within_days": 7, "show_for_days": 366}
    for name in ("makeShowLinkOfLicense", "makeShowLinkOfQualifiedLicense")
}
