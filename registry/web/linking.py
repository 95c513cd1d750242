"""Things with an IRI of their own and documents about them: 303 from the one to the others, and `Link` headers between them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import orjson
from flask import Response, abort, g, request

from registry import urls
from registry.register import Register
from registry.render import MEDIA_TYPES, Rendered, negotiate, render_graph
from registry.web.answer import document_answer
from vocab.graph import Node
from vocab.iri import LicenseIri

GRAPHS = ("html", "jsonld", "ttl", "nt")
LINKSET = MEDIA_TYPES["linkset"]


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a header (RFC 8288) or a link set: `target` is a path here or an IRI; `media_type` may be empty."""

    rel: str
    target: str
    media_type: str = ""

    def __str__(self) -> str:
        kind = f'; type="{self.media_type}"' if self.media_type else ""
        return f'<{self.target}>; rel="{self.rel}"{kind}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What has an IRI, and a document in each of `forms`. `links` lead from its documents to others, `item` and `collection`."""

    path: str
    document: Callable[[str], str]
    forms: tuple[str, ...] = GRAPHS
    links: tuple[Link, ...] = ()

    def described(self) -> Iterable[Link]:
        """The links from the thing to its documents."""
        return [Link("describedby", self.document(form), MEDIA_TYPES[form]) for form in self.forms]

    def around(self, form: str) -> Iterable[Link]:
        """The links of its document in `form`: what it describes, the same in other forms, and what else there is."""
        others = [each for each in self.forms if each != form]
        return [
            Link("describes", self.path),
            *(Link("alternate", self.document(each), MEDIA_TYPES[each]) for each in others),
            *self.links,
        ]


def license_thing(iri: LicenseIri) -> Thing:
    """A licence, with its authority and its link set."""
    return Thing(
        path=urls.license_id(iri),
        document=lambda form: urls.license_document(iri, form),
        forms=urls.FORMATS,
        links=(Link("author", urls.authority_id(iri.authority)), Link("linkset", urls.linkset(iri), LINKSET)),
    )


def lead_to(thing: Thing, fragment: str = "") -> Response:
    """303 to the document that the request asks for; aborts with 406 where there is none of that kind."""
    form = negotiate(request, thing.forms)
    if form is None:
        abort(406)
    path = urls.in_language(thing.document(form), g.lang)
    # Not flask.redirect: it would re-quote the path, and the path's spelling is the identity.
    response = Response(status=303, headers={"Location": path + (f"#{fragment}" if fragment else "")})
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    return linked(response, thing.described())


def graph_answer(register: Register, thing: Thing, node: Node, form: str, modified: datetime | None = None) -> Response:
    """The document of `thing` in one of the RDF forms."""
    return rendered_answer(thing, render_graph(node, form, register.loader), form, modified)


def rendered_answer(thing: Thing, rendered: Rendered, form: str, modified: datetime | None = None) -> Response:
    return linked(document_answer(rendered, modified=modified), thing.around(form))


def page_answer(thing: Thing, page: str) -> Response:
    """The document of `thing` for people."""
    return linked(Response(page), thing.around("html"))


def linkset(base: str, anchor: str, links: Iterable[Link]) -> Rendered:
    """A link set (RFC 9264, 4.2) of one anchor; every target is written out, since the set may be kept elsewhere."""
    context: dict[str, object] = {"anchor": anchor}
    targets: dict[str, list[dict[str, str]]] = {}
    for link in links:
        href = base + link.target if link.target.startswith("/") else link.target
        targets.setdefault(link.rel, []).append({"href": href} | ({"type": link.media_type} if link.media_type else {}))
    return Rendered(orjson.dumps({"linkset": [context | targets]}), LINKSET)


def linked(response: Response, links: Iterable[Link]) -> Response:
    for link in links:
        response.headers.add("Link", str(link))
    return response


def moved(path: str) -> Response:
    """308 to the one address of a thing."""
    return Response(status=308, headers={"Location": urls.in_language(path, g.lang)})
