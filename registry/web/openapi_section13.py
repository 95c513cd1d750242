"""The addresses of the figures on section 13, as OpenAPI describes them."""

from registry.translation import marked as _
from registry.web.openapi_parts import (
    AUTHORITIES,
    CANONICAL,
    CODE,
    LANG,
    NO_SCHEMA,
    NOT_FOUND,
    PAGE,
    Answer,
    Node,
    operation,
)

_AFTER: Node = {"name": "after", "in": "query", "schema": {"type": "string"}, "example": "lao-06480115"}
_CSV: Answer = (_("One line for each authority and type."), {"text/csv": NO_SCHEMA})

SECTION_13_PATHS: dict[str, Node] = {
    "/section-13": {
        "get": operation(
            "section13", AUTHORITIES, _("Figures on section 13: all authorities"), {200: PAGE}, _AFTER, LANG
        )
    },
    "/section-13.csv": {
        "get": operation("section13Table", AUTHORITIES, _("The same figures as a table (CSV)"), {200: _CSV})
    },
    "/section-13/{code}": {
        "get": operation(
            "section13OfAuthority",
            AUTHORITIES,
            _("Figures on section 13: one authority"),
            {200: PAGE, 308: CANONICAL, 404: NOT_FOUND},
            CODE,
            LANG,
        )
    },
    "/section-13/{code}.csv": {
        "get": operation(
            "section13TableOfAuthority",
            AUTHORITIES,
            _("The same figures as a table (CSV)"),
            {200: _CSV, 308: CANONICAL, 404: NOT_FOUND},
            CODE,
        )
    },
}
