"""A page for each kind of problem: `type` in an answer (RFC 9457) is an address, and this is what stands there."""

import re
from collections.abc import Mapping

from flask import Blueprint, abort, render_template

from registry.problems import HTTP_TITLES, TABLE, Problem, http_problem
from registry.web import wording

_HTTP = re.compile(r"http-(?P<status>[45]\d\d)", re.ASCII)
_VERDICT_STATUS = 400
"""What an answer of the addresses that verify has, whatever the reason."""


def problem_types() -> Mapping[str, Problem]:
    """Every kind of problem with a code of its own; those of plain HTTP errors are made from their number."""
    reasons = {**wording.MEANING, **wording.GENUINE_MEANING}
    return {
        **{code: Problem(status=_VERDICT_STATUS, code=code, title=title) for code, title in reasons.items()},
        **{code: Problem(status=status, code=code, title=title) for _, status, code, title in TABLE},
        "malformed-request": Problem(status=400, code="malformed-request", title=HTTP_TITLES[400]),
        "internal-error": Problem(status=500, code="internal-error", title=HTTP_TITLES[500]),
    }


def problem_type(code: str) -> Problem | None:
    """The kind of problem with this code."""
    plain = _HTTP.fullmatch(code)
    return http_problem(int(plain["status"])) if plain else problem_types().get(code)


def problem_blueprint() -> Blueprint:
    """`/problems/{code}`."""
    blueprint = Blueprint("problem", __name__)

    @blueprint.get("/problems/<code>")
    def page(code: str) -> str:
        problem = problem_type(code)
        if problem is None:
            abort(404, "no problem has this code")
        return render_template("problem.html", problem=problem)

    return blueprint
