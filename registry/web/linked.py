"""Laws, announcements under section 13(1) and areas: each itself (303), and its documents, one form each."""

from dataclasses import dataclass

from flask import Blueprint, Response, render_template
from sqlalchemy import func, select

from registry import urls
from registry.areas import areas_in, require_area
from registry.register import Register
from registry.store import Store
from registry.tables import EntryRow
from registry.timing import declared_at, settled
from registry.translation import marked as _
from registry.web.linking import Link, Thing, graph_answer, lead_to, moved, page_answer
from vocab.area import Area
from vocab.authority import GazetteAnnouncement, LegalProvision, LicenseType, LicensingAuthority
from vocab.law import Law, law_code, laws
from vocab.linked import announcement_document, area_document, law_document, provision_document

_FORMS = "<any(html, jsonld, ttl, nt):form>"


class NoSuchLaw(LookupError):
    """No type of licence is granted under a law or section with this code."""


class NoSuchAnnouncement(LookupError):
    """The authority has no announcement with this code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LawPage:
    """An act with its sections, or one section (`provision`); of each the types that are granted under it."""

    law: Law
    provision: LegalProvision | None
    sections: tuple[tuple[LegalProvision, tuple[LicenseType, ...]], ...]

    @property
    def code(self) -> str:
        return self.provision.code if self.provision else self.law.code

    @property
    def path(self) -> str:
        return urls.law(self.code)

    def document(self, form: str) -> str:
        return urls.law_document(self.code, form)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementPage:
    """An announcement, who made it, and the types that it covers."""

    announcement: GazetteAnnouncement
    authority: LicensingAuthority
    types: tuple[LicenseType, ...]

    @property
    def path(self) -> str:
        return urls.announcement(self.authority.code, self.announcement.code)

    def document(self, form: str) -> str:
        return urls.announcement_document(self.authority.code, self.announcement.code, form)


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaPage:
    """An area, what it lies in (outermost first) and what is known to lie in it. Of a province also its districts as licences
    name them, each with the number of these, and the number of all in it."""

    area: Area
    above: tuple[Area, ...]
    inside: tuple[Area, ...]
    districts: tuple[tuple[str, int], ...]
    count: int

    @property
    def province(self) -> Area | None:
        return None if self.area.parent else self.area

    @property
    def kind(self) -> str:
        return _KINDS[len(self.area.code)]

    @property
    def path(self) -> str:
        return urls.area(self.area.code)

    def document(self, form: str) -> str:
        return urls.area_document(self.area.code, form)


_KINDS = {2: _("Province"), 4: _("District"), 6: _("Subdistrict")}


def linked_blueprint(register: Register) -> Blueprint:
    """What a licence's own document leads to, beside its authority and type."""
    blueprint = Blueprint("linked", __name__)

    @blueprint.get("/id/law/<path:code>")
    def law_itself(code: str) -> Response:
        with register.database.reading() as session:
            _require_law(register.store(session), code)
        return lead_to(_law_thing(code))

    @blueprint.get(f"/doc/{_FORMS}/law/<path:code>")
    def law(form: str, code: str) -> Response:
        with register.database.reading() as session:
            store = register.store(session)
            found, provision, types = _require_law(store, code)
            thing = _law_thing(code, found)
            if form == "html":
                page = _law_page(found, provision, types)
                return page_answer(thing, render_template("law.html", page=page, base=register.base))
            node = (
                law_document(found, types, register.base)
                if provision is None
                else provision_document(provision, found, types, register.base)
            )
            return graph_answer(register, thing, node, form, declared_at(register, store))

    @blueprint.get("/id/gazette/<authority>/<path:code>")
    def announcement_itself(authority: str, code: str) -> Response:
        with register.database.reading() as session:
            found = register.store(session).require_authority(authority)
            _require_announcement(register.store(session), found, code)
        if found.code != authority:
            return moved(urls.announcement(found.code, code))
        return lead_to(_announcement_thing(authority, code))

    @blueprint.get(f"/doc/{_FORMS}/gazette/<authority>/<path:code>")
    def announcement(form: str, authority: str, code: str) -> Response:
        with register.database.reading() as session:
            store = register.store(session)
            found = store.require_authority(authority)
            item = _require_announcement(store, found, code)
            if found.code != authority:
                return moved(urls.announcement_document(found.code, code, form))
            types = [known for each in item.types if (known := store.license_type(each)) is not None]
            thing = _announcement_thing(authority, code)
            if form == "html":
                page = AnnouncementPage(announcement=item, authority=found, types=tuple(types))
                return page_answer(thing, render_template("announcement.html", page=page, base=register.base))
            node = announcement_document(item, types, authority, register.base)
            return graph_answer(register, thing, node, form, declared_at(register, store))

    @blueprint.get("/id/area/<code>")
    def area_itself(code: str) -> Response:
        with register.database.reading() as session:
            require_area(session, code)
        return lead_to(_area_thing(code))

    @blueprint.get(f"/doc/{_FORMS}/area/<code>")
    def area(form: str, code: str) -> Response:
        with register.database.reading() as session:
            store = register.store(session)
            found, since = require_area(session, code)
            inside = areas_in(session, code)
            above = [require_area(session, code[:size])[0] for size in range(2, len(code), 2)]
            thing = _area_thing(code)
            if form == "html":
                page = _area_page(store, found, above, [each for each, _at in inside])
                return page_answer(thing, render_template("area.html", page=page, base=register.base))
            node = area_document(found, [each for each, _at in inside], above, register.base)
            known = [at for at in (since, *(at for _area, at in inside)) if at is not None]
            modified = settled(max(known), register.now()) if known else None
            return graph_answer(register, thing, node, form, modified)

    return blueprint


def _require_law(store: Store, code: str) -> tuple[Law, LegalProvision | None, list[LicenseType]]:
    """The act, the section of it that `code` names (None for the act), and all types. Raises `NoSuchLaw`."""
    types = store.license_types()
    law = laws(types).get(law_code(code))
    if law is not None and law.code == code:
        return law, None, types
    provision = law.provision(code) if law is not None else None
    if law is None or provision is None:
        raise NoSuchLaw(f"no type of licence here is granted under a law with the code {code[:80]!r}")
    return law, provision, types


def _require_announcement(store: Store, authority: LicensingAuthority, code: str) -> GazetteAnnouncement:
    """Raises `NoSuchAnnouncement`."""
    found = next((item for item in store.announcements(authority.code) if item.code == code), None)
    if found is None:
        raise NoSuchAnnouncement(f"authority {authority.code} has no announcement with the code {code[:80]!r}")
    return found


def _law_thing(code: str, law: Law | None = None) -> Thing:
    links: list[Link] = []
    if law is not None and law.code == code:
        links = [Link("item", urls.law(each.code)) for each in law.provisions if each.code != code]
    elif law is not None:
        links = [Link("collection", urls.law(law.code))]
    return Thing(path=urls.law(code), document=lambda form: urls.law_document(code, form), links=tuple(links))


def _announcement_thing(authority: str, code: str) -> Thing:
    return Thing(
        path=urls.announcement(authority, code),
        document=lambda form: urls.announcement_document(authority, code, form),
        links=(Link("author", urls.authority_id(authority)),),
    )


def _area_thing(code: str) -> Thing:
    links = (Link("collection", urls.area(code[:-2])),) if len(code) > 2 else ()
    return Thing(path=urls.area(code), document=lambda form: urls.area_document(code, form), links=links)


def _law_page(law: Law, provision: LegalProvision | None, types: list[LicenseType]) -> LawPage:
    shown = law.provisions if provision is None else (provision,)
    sections = tuple(
        (each, tuple(one for one in types if any(basis.code == each.code for basis in one.legal_basis)))
        for each in shown
    )
    return LawPage(law=law, provision=provision, sections=sections)


def _area_page(store: Store, area: Area, above: list[Area], inside: list[Area]) -> AreaPage:
    """Counts what lists know of a province by its name; of a district or subdistrict only what lies in it is shown."""
    counts: list[tuple[str, int]] = []
    if not area.parent and area.name is not None:
        query = (
            select(EntryRow.district, func.count())
            .where(EntryRow.province == area.name.th)
            .group_by(EntryRow.district)
            .order_by(EntryRow.district)
        )
        counts = [(district, count) for district, count in store.session.execute(query)]
    return AreaPage(
        area=area,
        above=tuple(above),
        inside=tuple(inside),
        districts=tuple((district, count) for district, count in counts if district),
        count=sum(count for _name, count in counts),
    )
