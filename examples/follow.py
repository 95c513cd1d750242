"""From the number on a licence to everything behind it, by links alone; then its credential is checked without asking anybody.

    python examples/follow.py https://license.example.go.th 12/2567

Needs rdflib, and for the last step `vocab` and `verify` of this repository, which need neither a database nor a network. Only the
list of licences and the two files of the last step are asked for by an address that is known beforehand; all else is the IRI that
stands in what was read before. Exit code 0: everything was found, and the licence is genuine and in force; 1: it is not, or
something was not found; 2: there is no such registry, or not exactly one licence with the number.
"""

import json
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from subprocess import run

from rdflib import DCTERMS, SKOS, Graph, Namespace, URIRef
from rdflib.term import Node

CV = Namespace("http://data.europa.eu/m8g/")
SCHEMA = Namespace("https://schema.org/")
LIC = Namespace("https://id.example.go.th/def/lic#")
ADMS = Namespace("http://www.w3.org/ns/adms#")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
FOLLOWED = (
    ("Type", DCTERMS.type),
    ("Authority", SCHEMA.issuedBy),
    ("Law", CV.hasLegalResource),
    ("Announcement", LIC.displayAnnouncement),
)
"""What leads from a licence to others, and what these are called here."""
ROOT = Path(__file__).resolve().parent.parent


def find(base: str, number: str) -> list[str]:
    """The IRIs of all licences of the register that bear a number, in whatever spelling."""
    next_page: str | None = f"{base}/api/v1/licenses?{urllib.parse.urlencode({'number': number, 'limit': 100})}"
    found = []
    while next_page:
        page = json.loads(get(next_page, "application/json"))
        found += [row["iri"] for row in page["licenses"]]
        next_page = page["next"]
    return found


def get(address: str, media_type: str) -> bytes:
    """What stands at an address, in the form that is asked for. Redirects are followed: an IRI leads to a document about it."""
    request = urllib.request.Request(address, headers={"Accept": media_type})
    with urllib.request.urlopen(request, timeout=30) as answer:
        body: bytes = answer.read()
        return body


def read(iri: str) -> Graph:
    """What the register says under an IRI."""
    return Graph().parse(data=get(iri, "text/turtle"), format="turtle", publicID=iri)


def follow(license: str) -> Iterator[tuple[str, Node, Graph | None]]:
    """The licence and what it leads to: its name here, its IRI, and what is said under this IRI; None where nothing is."""
    graph = read(license)
    yield "Licence", URIRef(license), graph
    for name, link in FOLLOWED:
        for iri in graph.objects(URIRef(license), link):
            found = described(iri)
            yield name, iri, found
            for whole in found.objects(iri, ELI.is_part_of) if found is not None else ():
                yield "Part of", whole, described(whole)


def described(iri: Node) -> Graph | None:
    """What is said under an IRI, of the thing that it names; None where there is nothing."""
    try:
        graph = read(str(iri))
    except urllib.error.HTTPError:
        return None
    return graph if (iri, None, None) in graph else None


def in_words(graph: Graph, iri: Node) -> str:
    """What a thing is called, in English where there is any."""
    names = [name for link in (SKOS.prefLabel, DCTERMS.title, DCTERMS.identifier) for name in graph.objects(iri, link)]
    english = [name for name in names if getattr(name, "language", None) == "en"]
    return next((str(name) for name in (*english, *names)), "without a name")


def check(base: str, license: str) -> int:
    """Checks the credential of a licence as anybody can who has the two files. Returns 0 for genuine and in force."""
    with tempfile.TemporaryDirectory() as folder:
        credential, trust = Path(folder) / "credential.json", Path(folder) / "trust.json"
        credential.write_bytes(get(license, "application/vc"))
        trust.write_bytes(get(f"{base}/trust.json", "application/json"))
        command = [sys.executable, "-m", "verify", str(credential), "--trust", str(trust)]
        return run(command, cwd=ROOT, check=False).returncode


def main(base: str, number: str) -> int:
    """Finds, follows and checks. Returns the exit code."""
    base = base.rstrip("/")
    try:
        found = find(base, number)
    except (urllib.error.URLError, ValueError) as error:
        print(f"{base} does not answer as a registry of this kind does ({error})")
        return 2
    if len(found) != 1:
        print(f"{len(found)} licences bear this number", *found, sep="\n  ")
        return 2
    is_complete = True
    for name, iri, graph in follow(found[0]):
        is_complete = is_complete and graph is not None
        print(f"{name + ':':14}{iri}")
        print(f"{'':14}{in_words(graph, iri) if graph is not None else 'NOTHING IS SAID OF IT THERE'}")
        for status in graph.objects(iri, ADMS.status) if graph is not None else ():
            print(f"{'Status:':14}{status}")
    print(flush=True)
    return check(base, found[0]) or (0 if is_complete else 1)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(str(__doc__))
    sys.exit(main(*sys.argv[1:]))
