"""A licence through time and among other things: its versions, what was in force on a day, and its link set."""

import re
from datetime import date

from flask import Blueprint, Response, abort, request
from sqlalchemy import select

from registry import urls
from registry.access.link import links_told
from registry.access.links import known_links
from registry.record import LicenseRecord, current_version
from registry.register import Register
from registry.render import MEDIA_TYPES, Rendered, negotiate, render_graph
from registry.store import Store
from registry.tables import VersionRow
from registry.timing import declared_at, modified_at, settled
from registry.versions import public_versions
from registry.web import pages
from registry.web.answer import document_answer, see_other
from registry.web.linking import Link, license_thing, linked, linkset
from vocab import resource, terms
from vocab.authority import LicenseType
from vocab.disclosure import disclosed
from vocab.history import Standing, Status, legal_date
from vocab.linked import day_document, version_document

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SEQUENCE = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_BUDDHIST_FROM = 2400
VC = MEDIA_TYPES["vc"]
GRAPH_FORMS = ("jsonld", "ttl", "nt")
VERSION_FORMS = (*GRAPH_FORMS, "html")
_LD_JSON = MEDIA_TYPES["jsonld"]


class NoSuchVersion(LookupError):
    """No version of a licence has the number, it takes effect on a day to come, or it came with a list that was taken back."""


class NotYetGranted(LookupError):
    """The licence did not exist on the day that was asked about."""


def versions_blueprint(register: Register) -> Blueprint:
    """The versions of licences, each under the register's own number of it."""
    blueprint = Blueprint("versions", __name__)

    @blueprint.get("/ver/lic/<sequence>")
    def version(sequence: str) -> Response:
        if not _SEQUENCE.fullmatch(sequence):
            raise NoSuchVersion(
                f"a version has a number in the digits 0-9 that does not begin with 0 (got {sequence[:20]!r})"
            )
        form = negotiate(request, VERSION_FORMS)
        if form is None:
            abort(406)
        number = int(sequence)
        with register.database.reading() as session:
            store = register.store(session)
            license_id = session.scalar(select(VersionRow.license_id).where(VersionRow.sequence == number))
            record = store.find_by_id(license_id) if license_id is not None else None
            if record is None:
                raise NoSuchVersion(f"no licence here has a version with the number {number}")
            pages.require_shown(store, record, "")
            versions = public_versions(store, record)
            place = next((n for n, each in enumerate(versions) if each.sequence == number), None)
            if place is None:
                raise NoSuchVersion(f"version {number} is not in force yet, or came with a list that was taken back")
            found, iri = versions[place], record.license.iri
            if form == "html":
                # People see there what each version changed.
                return _varying(see_other(urls.license_document(iri, form), "versions"))
            grantor = store.grantor(iri.authority, iri.type)
            node = version_document(
                disclosed(found.license, grantor.license_type),
                grantor,
                sequence=number,
                number=found.number,
                recorded_at=found.recorded_at,
                replaces=versions[place - 1].sequence if place else None,
            )
            # What is disclosed may be less one day: it is asked about before each use, and not kept for ever.
            declared = declared_at(register, store)
            modified = settled(max(declared, found.recorded_at), register.now()) if declared else None
        links = [Link("latest-version", urls.license_id(iri)), Link("collection", urls.license_id(iri))]
        if place:
            links.append(Link("predecessor-version", urls.version(versions[place - 1].sequence)))
        return _varying(linked(document_answer(render_graph(node, form, register.loader), modified=modified), links))

    return blueprint


def _varying(response: Response) -> Response:
    """An answer in the form that `Accept` asks for."""
    response.vary.add("Accept")
    return response


def asked_day(form: str) -> date | None:
    """The day that the request asks about (`at`), or None for today. Aborts with 400 where it cannot be read."""
    text = request.args.get("at")
    if text is None:
        return None
    if form not in GRAPH_FORMS:
        abort(400, f"what was in force on a day is told as {', '.join(GRAPH_FORMS)} (got form {form!r} with at)")
    shown = text[:20]
    if not _DAY.fullmatch(text):
        abort(400, f"at is one day of the Common Era, as at=2025-01-31: four, two and two digits 0-9 (got {shown!r})")
    year = int(text[:4])
    if year >= _BUDDHIST_FROM:
        abort(400, f"at is a day of the Common Era: B.E. {year} is {year - 543}{text[4:]} (got {shown!r})")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        abort(400, f"at is a day that the calendar has ({error}; got {shown!r})")


def day_answer(register: Register, store: Store, record: LicenseRecord, form: str, day: date) -> Response:
    """What was in force on `day`, by what the register knows now. Raises `NotYetGranted`."""
    history, iri = record.history, record.license.iri
    if history.standing(day) is Standing.NOT_GRANTED:
        raise NotYetGranted(f"the licence {iri} did not exist on {day}: it was granted later")
    face = current_version(public_versions(store, record), history, day).license
    grantor = store.grantor(iri.authority, iri.type)
    now = register.now()
    node = day_document(
        disclosed(face, grantor.license_type),
        grantor,
        _status_on(record, day),
        history.in_effect(day),
        day,
        known_at=now,
        is_coming=day > store.today,
    )
    thing = license_thing(iri)
    return linked(document_answer(render_graph(node, form, register.loader)), [Link("describes", thing.path)])


def linkset_answer(register: Register, store: Store, record: LicenseRecord) -> Response:
    """Where the licence leads: its documents, versions, authority, type, laws, announcements, licences before and after it."""
    iri, prefixes = record.license.iri, terms.PREFIXES
    grantor = store.grantor(iri.authority, iri.type)
    thing = license_thing(iri)
    base = register.base
    laws = [each.code for each in grantor.license_type.legal_basis]
    successor = next((act.successor for act in record.history.in_effect() if act.successor is not None), None)
    links = [
        *thing.described(),
        Link("author", urls.authority_id(iri.authority)),
        Link("type", prefixes["schema"] + "GovernmentPermit"),
        Link(prefixes["dct"] + "type", urls.type_id(iri.type)),
        *(Link(prefixes["cv"] + "hasLegalResource", urls.law(code)) for code in dict.fromkeys(laws)),
        *(
            Link(terms.LIC + "displayAnnouncement", resource.announcement_iri(base, iri.authority, each.code))
            for each in grantor.announcements
        ),
        *(
            Link(prefixes["dct"] + "hasVersion", urls.version(each.sequence), _LD_JSON)
            for each in public_versions(store, record)
        ),
        *_of_documents(store, record, grantor.license_type),
        *([Link("predecessor-version", str(record.license.renews))] if record.license.renews else []),
        *([Link("successor-version", str(successor))] if successor else []),
        *_of_original(record),
    ]
    rendered: Rendered = linkset(base, str(iri), links)
    answer = document_answer(rendered, modified=modified_at(register, store, record))
    return linked(answer, [Link("describes", thing.path)])


def _of_original(record: LicenseRecord) -> list[Link]:
    """The same licence in its authority's own register, and the credential there that ours was made of."""
    original = record.original
    if original is None or not original.digest:
        return []
    return [Link(terms.PREFIXES["schema"] + "sameAs", original.iri), Link("via", original.credential, VC)]


def _of_documents(store: Store, record: LicenseRecord, license_type: LicenseType) -> list[Link]:
    """Where the licence's own document is: the file, and the page or log-in that leads to it."""
    told = links_told(known_links(store.session, store.codec, record), record.license, license_type)
    found = [each.access for each in told]
    return [
        *(Link("enclosure", each.download_url, each.media_type) for each in found if each.download_url),
        *(
            Link("item", each.access_url, "" if each.download_url else each.media_type)
            for each in found
            if each.access_url
        ),
    ]


def _status_on(record: LicenseRecord, day: date) -> Status:
    """The status on `day`; unknown for days before the register had it, where nothing says since when it holds."""
    first = next((act.effective_on for act in record.history.in_effect()), None)
    begins = first or record.history.term(day).valid_from or record.license.issued_on
    if begins is None and day < legal_date(record.created_at):
        return Status.UNKNOWN
    return record.history.status(day)
