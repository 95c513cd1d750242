"""Every public path, in both directions (rule R7). Templates and views take paths from here and build none themselves."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from vocab.iri import LicenseIri, MalformedIri, canonical_segment, parse_license_tail

FORMATS = ("html", "jsonld", "ttl", "nt", "vc")


def home() -> str:
    return "/"


def search(pairs: Iterable[tuple[str, str]] = ()) -> str:
    """The search page, or what it finds for names and values; empty values are left out."""
    given = [(name, value) for name, value in pairs if value]
    return "/search" + (f"?{query(given)}" if given else "")


def licenses_in(province: str, district: str = "") -> str:
    """The list of the licences in a province, or in one of its districts: by name, without its title."""
    return f"/search?{query([('province', province), *([('district', district)] if district else [])])}"


def verify() -> str:
    return "/verify"


def help_page() -> str:
    """What the answers mean, for everybody."""
    return "/help"


def checker() -> str:
    """The checker that works without a network."""
    return "/checker/"


def report(iri: LicenseIri) -> str:
    """The form by which anybody tells a licence's authority that a sign does not match."""
    return f"/report/lic/{iri.tail}"


def report_sent(reference: str) -> str:
    """What is said when a report was received."""
    return f"/report/sent/{reference}"


def api_report(reference: str) -> str:
    """The path of a report in the API, for the authority that it is for."""
    return f"/api/v1/reports/{reference}"


def sparql() -> str:
    return "/sparql"


def openapi() -> str:
    return "/openapi.json"


def api() -> str:
    """What all addresses of the API begin with."""
    return "/api/"


def api_page() -> str:
    """The description of the service, for people."""
    return "/docs/api"


def sandbox() -> str:
    """What the sandbox issuer is."""
    return "/sandbox"


def sandbox_issue() -> str:
    return "/sandbox/credentials/issue"


def license_id(iri: LicenseIri) -> str:
    """The path of the licence itself, which answers 303."""
    return f"/id/lic/{iri.tail}"


def api_licenses() -> str:
    """The path of the list of licences in the API."""
    return "/api/v1/licenses"


def api_authorities() -> str:
    return "/api/v1/authorities"


def api_authority(code: str) -> str:
    return f"/api/v1/authorities/{code}"


def api_types() -> str:
    return "/api/v1/types"


def api_type(code: str) -> str:
    return f"/api/v1/types/{code}"


def api_license(iri: LicenseIri) -> str:
    """The path of a licence in the API, where it is put and got as plain JSON."""
    return f"/api/v1/licenses/{iri.tail}"


def api_access_prefix() -> str:
    """What stands before a licence's tail where its links are put and got."""
    return "/api/v1/access/"


def api_access(iri: LicenseIri) -> str:
    """The path of the links to a licence's document."""
    return api_access_prefix() + iri.tail


def api_files_prefix() -> str:
    """What stands before a licence's tail where its file is put."""
    return "/api/v1/files/"


def api_file(iri: LicenseIri) -> str:
    """The path where the file of a licence is put and withdrawn."""
    return api_files_prefix() + iri.tail


def access_file(sha256: str) -> str:
    """The path of a licence's PDF that is kept here, by its SHA-256."""
    return f"/file/{sha256}.pdf"


def api_batch(number: int) -> str:
    """The path of a batch in the API."""
    return f"/api/v1/batches/{number}"


def license_document(iri: LicenseIri, form: str) -> str:
    """The path of one document about a licence; `form` is one of `FORMATS`."""
    return f"/doc/{form}/lic/{iri.tail}"


def license_page(tail: str) -> str:
    """The page of the licence whose IRI ends so."""
    return f"/doc/html/lic/{tail}"


def linkset(iri: LicenseIri) -> str:
    """The path of a licence's link set (RFC 9264)."""
    return f"/doc/linkset/lic/{iri.tail}"


def version(sequence: int) -> str:
    """The path of one version of a licence."""
    return f"/ver/lic/{sequence}"


def law(code: str) -> str:
    """The path of an act or a section of it, which answers 303."""
    return f"/id/law/{code}"


def law_document(code: str, form: str) -> str:
    return f"/doc/{form}/law/{code}"


def announcement(authority: str, code: str) -> str:
    """The path of an announcement under section 13(1), which answers 303."""
    return f"/id/gazette/{authority}/{code}"


def announcement_document(authority: str, code: str, form: str) -> str:
    return f"/doc/{form}/gazette/{authority}/{code}"


def area(code: str) -> str:
    """The path of a province, district or subdistrict, which answers 303."""
    return f"/id/area/{code}"


def provinces() -> str:
    """The list of provinces, for people."""
    return "/doc/html/area"


def area_document(code: str, form: str) -> str:
    return f"/doc/{form}/area/{code}"


def definition(name: str = "") -> str:
    """The path of a vocabulary, code list or set of shapes, which answers 303; without `name`, of the list of all."""
    return f"/def/{name}"


def definition_document(name: str, form: str) -> str:
    return f"/doc/{form}/def/{name}" if name else f"/doc/{form}/def"


def authority_id(code: str) -> str:
    """The path of an authority itself, which answers 303."""
    return f"/id/auth/{code}"


def type_id(code: str) -> str:
    """The path of a license type itself, which answers 303."""
    return f"/def/license-type/{code}"


def license_type_scheme() -> str:
    """The path of the code list of license types."""
    return "/def/license-type"


def check(check_id: str) -> str:
    """The path inside the QR code."""
    return f"/C/{check_id}"


def qr(check_id: str, form: str) -> str:
    return f"/qr/{check_id}.{form}"


def poster(check_id: str, size: str = "") -> str:
    """The poster of a licence, as a PDF: `a4`, or of another size."""
    return f"/poster/{check_id}.pdf" + (f"?{query([('size', size)])}" if size else "")


def badge(check_id: str, form: str) -> str:
    """The badge of a licence for other sites: `svg` or `json`."""
    return f"/badge/{check_id}.{form}"


def card(check_id: str = "") -> str:
    """The picture that chats show of a licence's page, or of any other page."""
    return f"/card/{check_id or 'site'}.png"


def show(secret: str = "") -> str:
    """The page on which a phone shows a licence, or the link that lets a phone do so."""
    return f"/show/{secret}" if secret else "/show"


def api_show_links_prefix() -> str:
    """What stands before a licence's tail where links for its holder are made and revoked."""
    return "/api/v1/show-links/"


def oembed(address: str = "") -> str:
    """What other sites embed of a licence's page at `address`."""
    return "/oembed" + (f"?{query([('url', address), ('format', 'json')])}" if address else "")


def authority(code: str) -> str:
    """The page of an authority."""
    return authority_document(code, "html")


def authority_document(code: str, form: str) -> str:
    return f"/doc/{form}/auth/{code}"


def license_type(code: str) -> str:
    """The page of a license type."""
    return type_document(code, "html")


def type_document(code: str, form: str) -> str:
    return f"/doc/{form}/type/{code}"


def licenses_where(**wanted: str) -> str:
    """The list of the licences that are as wanted: by `authority`, `type`, `incomplete`, `finding` and the others that it has."""
    return search(wanted.items())


def section_13(authority: str = "") -> str:
    """The figures on section 13: of all authorities, or of one."""
    return f"/section-13/{authority}" if authority else "/section-13"


def section_13_table(authority: str = "") -> str:
    """The same figures as a table (CSV)."""
    return f"{section_13(authority)}.csv"


def juristic(juristic_id: str, after: str = "") -> str:
    """The page of a company, from the cursor `after` on."""
    return juristic_document(juristic_id, "html", after)


def juristic_document(juristic_id: str, form: str, after: str = "") -> str:
    path = f"/doc/{form}/juristic/{juristic_id}"
    return f"{path}?{query([('after', after)])}" if after else path


def feed(page: int | None = None) -> str:
    """The change feed, or one page of it."""
    return "/feed/lic" if page is None else f"/feed/lic/{page}"


def api_changes() -> str:
    """The change feed as plain JSON."""
    return "/api/v1/changes"


def catalog(form: str) -> str:
    """The catalogue of datasets."""
    return f"/doc/{form}/catalog"


def data_file(authority: str, license_type: str, name: str) -> str:
    """A file of the dump of what one authority granted of one type."""
    return f"/data/{authority}/{license_type}/{name}"


def did_document(code: str) -> str:
    return f"/auth/{code}/did.json"


def credential(credential_id: str) -> str:
    return f"/vc/{credential_id}"


def static(name: str) -> str:
    return f"/static/{name}"


def sitemap() -> str:
    return "/sitemap.xml"


def sitemap_part(name: str) -> str:
    """One part of the site map: `catalogue`, or the number of a part with licences."""
    return f"/sitemap/{name}.xml"


def in_language(path: str, lang: str) -> str:
    """`path` for readers of `lang`: Thai is the address without a parameter, so that it has one spelling."""
    if lang == "th":
        return path
    return f"{path}{'&' if '?' in path else '?'}lang={lang}"


def raw_path(environ: Mapping[str, Any]) -> str:
    """The path as it stood in the request line. The server's decoded one has lost what was escaped."""
    raw = str(environ.get("RAW_URI") or environ.get("REQUEST_URI") or "")
    return raw.partition("?")[0]


def canonical_tail(raw_tail: str) -> str:
    """The one spelling of a licence path's tail `{authority}/{type}/{number}[/{qualifier}]`. Raises `MalformedIri`."""
    parts = raw_tail.split("/")
    if len(parts) not in (3, 4):
        raise MalformedIri(raw_tail, "shape", "authority/type/number, perhaps /qualifier")
    parts[2] = canonical_segment(parts[2])
    return "/".join(parts)


def parse_tail(base: str, tail: str) -> LicenseIri:
    """The licence IRI of a canonical tail. Raises `MalformedIri`."""
    return parse_license_tail(base, tail)


def query(pairs: list[tuple[str, str]]) -> str:
    """A query string."""
    return urlencode(pairs)
