"""The list of provinces, each with how many licences it has."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, g, render_template

from registry.areas import ProvinceFigures, figures_of_provinces
from registry.living import Living
from registry.register import Register
from vocab.thai import in_thai_order


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvincesPage:
    """The provinces that licences name, in the reader's order; those that none names; and the licences that name none."""

    named: Sequence[ProvinceFigures]
    others: Sequence[ProvinceFigures]
    outside: ProvinceFigures


def provinces_blueprint(register: Register) -> Blueprint:
    """`/doc/html/area`."""
    blueprint = Blueprint("provinces", __name__)
    figures = Living(figures_of_provinces)

    @blueprint.get("/doc/html/area")
    def provinces() -> str:
        with register.database.reading() as session:
            *every, outside = figures.at(register.store(session), register.now())
        every.sort(key=_in_order)
        named = [each for each in every if each.licenses]
        page = ProvincesPage(named=named, others=[each for each in every if not each.licenses], outside=outside)
        return render_template("provinces.html", page=page)

    return blueprint


def _in_order(each: ProvinceFigures) -> str:
    name = each.area.name if each.area else None
    return in_thai_order(name.in_language(g.lang)) if name else ""
