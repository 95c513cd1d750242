"""The compiled walker says the same as a full JSON-LD processor, or says that it does not know."""

import json
import random
from collections.abc import Callable
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.canonical import canonical_nquads, general_nquads
from verify.compiled import CompiledContext, NotCompiled, compiled_context
from verify.errors import ContextUnknown, MalformedDocument
from verify.form import require_license_form, require_terms
from vocab.contexts import document_loader
from vocab.terms import CREDENTIALS_V2, license_context

BASE = "https://license.example.go.th"
LOADER = document_loader(frozenset({BASE}))
CONTEXTS = (CREDENTIALS_V2, license_context(BASE))
COMPILED = compiled_context(CONTEXTS, LOADER)
INLINE = [LOADER(url, {})["document"]["@context"] for url in CONTEXTS]

# No lone surrogates: parse_document refuses them before.
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=0, max_size=20) | st.sampled_from(
    ["ร้านน้ำพริก", 'a "quoted" \\ back', "line\nbreak\ttab\r", "\x00\x07\x7f\ufffe\uffff", "😀𝒳", "é e\u0301", " "]
)
names = st.from_regex(
    r"\A(https://license\.example\.go\.th/x|did:web:a|urn:b)/(%[0-9A-F]{2}|[a-z0-9~/.-]){1,9}(#x-1)?\Z"
)
several = st.lists(texts, min_size=1, max_size=3, unique=True)
language_maps = st.dictionaries(
    st.sampled_from(["th", "en", "en-gb"]),
    texts | st.lists(texts, min_size=2, max_size=3, unique=True),
    min_size=1,
)


def nodes(kind: str, optional: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"id": names, "type": st.just(kind)}, optional=optional)


authorities = nodes("Authority", {"officialName": language_maps, "agencyCode": texts, "homepage": names})
provisions = nodes("LegalProvision", {"title": language_maps, "section": texts, "partOf": names})
OPTIONAL: dict[str, st.SearchStrategy[Any]] = {
    "licenseNumber": texts,
    "numberAsReceived": texts,
    "alias": several,
    "validIn": names,
    "activity": language_maps,
    "condition": several,
    "issuedOn": st.dates().map(str),
    "expiresOn": st.dates().map(str),
    "noExpiry": st.just(True),
    "renews": names,
    "legalBasis": st.lists(provisions, min_size=1, max_size=2, unique_by=lambda node: node["id"]),
    "licensee": st.lists(
        nodes("Organization", {"legalName": language_maps, "juristicId": texts})
        | nodes("Person", {"fullName": language_maps}),
        min_size=1,
        max_size=2,
        unique_by=lambda node: node["id"],
    ),
    "premises": st.lists(
        nodes(
            "Premises",
            {
                "placeName": language_maps,
                "within": st.lists(names, min_size=1, max_size=2, unique=True),
                "address": nodes("Address", {"streetAddress": texts, "province": texts, "postalCode": texts}),
                "latitude": texts,
            },
        ),
        min_size=1,
        max_size=2,
        unique_by=lambda node: node["id"],
    ),
    "issuedBy": names | authorities,
}


@st.composite
def subjects(draw: st.DrawFn) -> dict[str, Any]:
    """A License subject with any of its optional fields, in any order."""
    chosen = draw(st.permutations(list(OPTIONAL)))
    fields = {name: draw(OPTIONAL[name]) for name in chosen[: draw(st.integers(0, len(chosen)))]}
    return {"id": draw(names), "type": "License", **fields}


@st.composite
def credentials(draw: st.DrawFn) -> dict[str, Any]:
    name = st.lists(
        st.fixed_dictionaries({"@value": texts, "@language": st.sampled_from(["th", "en"])}),
        min_size=1,
        max_size=2,
        unique_by=lambda each: (each["@value"], each["@language"]),
    )
    return {
        "@context": list(CONTEXTS),
        "id": draw(names),
        "type": ["VerifiableCredential", "LicenseCredential"],
        "name": draw(texts | name),
        "issuer": draw(names | st.fixed_dictionaries({"id": names, "name": name})),
        "validFrom": "2026-01-01T00:00:00+07:00",
        "credentialSubject": draw(subjects()),
    }


@settings(max_examples=150, deadline=None)
@given(credentials())
def test_byte_equal_to_the_general_way(credential: dict[str, Any]) -> None:
    assert COMPILED.canonical(credential) == general_nquads(credential, LOADER)


def oxigraph_nquads(credential: dict[str, Any]) -> bytes:
    """The canonical form by pyoxigraph alone, from JSON-LD to RDFC-1.0: none of our code and none of PyLD's."""
    raw = json.dumps({**credential, "@context": INLINE})
    dataset = ox.Dataset(ox.parse(raw, format=ox.RdfFormat.JSON_LD))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b""
    return b"".join(sorted(lines.splitlines(keepends=True)))


class Records:
    """Random credentials, quickly: any optional member and nested object, and every character that could go wrong."""

    ALPHABET = (
        *"abcXYZ 019.-_/<>@^{}|`'%#",
        *"กขฃคำ้ํเ๑๒฿ ",
        *'"\\\n\r\t\b\f\v\x00\x01\x1b\x1f\x7f\x80\x85\x9f',
        *"\u00a0\u00e9\u0301\u200b\u200d\u2028\u2029\u202e\ufeff\ufffd\ufffe\uffff\ue000",
        *"\U0001f3b5\U0001d4b3\U0002070e\U0010fffd\U0010ffff",
    )

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def text(self) -> str:
        clean = self._random.random() < 0.5
        return "".join(
            self._random.choices(self.ALPHABET[:45] if clean else self.ALPHABET, k=self._random.randint(0, 12))
        )

    def texts(self) -> list[str]:
        return list(dict.fromkeys(self.text() for _ in range(self._random.randint(1, 4))))

    def languages(self) -> dict[str, Any]:
        chosen = self._random.sample(["th", "en", "en-gb", "zh-hant"], self._random.randint(1, 3))
        return {
            tag: self.text() if self._random.random() < 0.8 else [f"1{self.text()}", f"2{self.text()}"]
            for tag in chosen
        }

    def name(self, fragment: str = "") -> str:
        start = self._random.choice([f"{BASE}/id/", "did:web:a:", "urn:b:", "http://localhost:8000/"])
        return start + "".join(self._random.choices("abc019~/.-", k=9)) + (f"#{fragment}" if fragment else "")

    def some(self, **members: Callable[[], Any]) -> dict[str, Any]:
        chosen = [(key, make) for key, make in members.items() if self._random.random() < 0.6]
        self._random.shuffle(chosen)
        return {key: make() for key, make in chosen}

    def node(self, kind: str, **members: Callable[[], Any]) -> dict[str, Any]:
        return {"id": self.name(self._random.choice(["", "x-1"])), "type": kind, **self.some(**members)}

    def list_of(self, make: Callable[[], Any]) -> list[Any]:
        found = [make() for _ in range(self._random.randint(1, 3))]
        return list({each if isinstance(each, str) else each["id"]: each for each in found}.values())

    def day(self) -> str:
        return f"{self._random.randint(1900, 2600)}-0{self._random.randint(1, 9)}-1{self._random.randint(0, 9)}"

    def authority(self) -> Any:
        made = self.node("Authority", officialName=self.languages, agencyCode=self.text, homepage=self.name)
        return self._random.choice([made, self.name()])

    def premises(self) -> dict[str, Any]:
        address = dict.fromkeys(("streetAddress", "subdistrict", "district", "province", "postalCode"), self.text)
        return self.node(
            "Premises",
            placeName=self.languages,
            within=lambda: self.list_of(self.name),
            address=lambda: self.node("Address", **address),
            latitude=self.text,
            longitude=self.text,
        )

    def licensee(self) -> dict[str, Any]:
        if self._random.random() < 0.5:
            return self.node("Person", fullName=self.languages)
        return self.node("Organization", legalName=self.languages, juristicId=self.text)

    def subject(self) -> dict[str, Any]:
        return self.node(
            "License",
            licenseNumber=self.text,
            numberAsReceived=self.text,
            alias=self.texts,
            licenseType=lambda: self.node("LicenseType", code=self.text, prefLabel=self.languages, inScheme=self.name),
            issuedBy=self.authority,
            validIn=self.name,
            legalBasis=lambda: self.list_of(
                lambda: self.node("LegalProvision", title=self.languages, section=self.text, partOf=self.name)
            ),
            displayAnnouncement=lambda: self.list_of(
                lambda: self.node("GazetteAnnouncement", title=self.languages, publishedOn=self.day, passedBy=self.name)
            ),
            licensee=lambda: self.list_of(self.licensee),
            premises=lambda: self.list_of(self.premises),
            activity=self.languages,
            condition=self.texts,
            faceItem=lambda: self.list_of(
                lambda: self.node("FaceItem", code=self.text, label=self.languages, value=self.text)
            ),
            issuedOn=self.day,
            effectiveFrom=self.day,
            expiresOn=self.day,
            noExpiry=lambda: True,
            renews=self.name,
        )

    def localized(self) -> list[dict[str, str]]:
        return [{"@value": self.text(), "@language": tag} for tag in self._random.sample(["th", "en", "my"], 2)]

    def status(self) -> list[dict[str, Any]]:
        return self.list_of(
            lambda: self.node(
                "BitstringStatusListEntry",
                statusPurpose=self.text,
                statusListIndex=self.text,
                statusListCredential=self.name,
            )
        )

    def credential(self) -> dict[str, Any]:
        issuer = {"id": self.name(), **self.some(name=self.localized)}
        return {
            "@context": list(CONTEXTS),
            "id": self.name(),
            "type": ["VerifiableCredential", "LicenseCredential"],
            "issuer": self._random.choice([issuer, self.name()]),
            "credentialSubject": self.subject(),
            **self.some(
                name=self.localized,
                description=self.text,
                validFrom=lambda: f"{self.day()}T00:00:00+07:00",
                validUntil=lambda: f"{self.day()}T23:59:59.5Z",
                credentialStatus=self.status,
            ),
        }


@pytest.mark.parametrize("seed", range(20))
def test_ten_thousand_random_records_are_byte_equal_to_pyoxigraph(seed: int) -> None:
    records = Records(seed)
    for _ in range(500):
        credential = records.credential()
        assert COMPILED.canonical(credential) == oxigraph_nquads(credential)


@settings(max_examples=150, deadline=None)
@given(
    st.from_regex(r"\A(https?://|did:|urn:|mailto:)[A-Za-z0-9%~#/.:?@\[\]^|-]{0,12}\Z")
    | st.builds("https://{}".format, st.text(max_size=6))
)
def test_an_iri_that_is_walked_is_one_that_the_processor_takes(iri: str) -> None:
    document = {"@context": list(CONTEXTS), "id": iri, "type": "License", "licenseNumber": "1"}
    try:
        walked = COMPILED.canonical(document)
    except NotCompiled:
        return
    assert walked == general_nquads(document, LOADER)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(["created", "expires", "domain", "challenge", "nonce"]), texts)
def test_a_proof_configuration_has_one_unnamed_node(key: str, text: str) -> None:
    configuration = {
        "@context": list(CONTEXTS),
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "verificationMethod": "did:web:license.example.go.th:auth:x-a#z6Mk",
        "proofPurpose": "assertionMethod",
        key: text,
    }
    assert COMPILED.canonical(configuration) == general_nquads(configuration, LOADER)


SUBJECT = {"id": "https://license.example.go.th/x/1", "type": "License", "licenseNumber": "1"}


def credential_of(subject: dict[str, Any]) -> dict[str, Any]:
    return {
        "@context": list(CONTEXTS),
        "id": "https://license.example.go.th/x/2",
        "type": ["VerifiableCredential", "LicenseCredential"],
        "issuer": "did:web:license.example.go.th:auth:x-a",
        "credentialSubject": subject,
    }


@pytest.mark.parametrize(
    "change",
    [
        {"unknownTerm": "x"},
        {"type": "NoSuchType"},
        {"type": ["License"]},
        {"type": 1},
        {"type": [["License"]]},
        {"id": "relative"},
        {"id": None},
        {"id": ["https://license.example.go.th/x/1"]},
        {"validIn": {"type": "Place"}},
        {"validIn": ["https://license.example.go.th/x"]},
        {"condition": [["nested"]]},
        {"condition": {"@value": "x", "@language": "TH"}},
        {"condition": {"@value": "x", "@language": "th"}},
        {"condition": None},
        {"condition": []},
        {"condition": "not a list"},
        {"condition": ["twice", "twice"]},
        {"condition": [{"@value": "x", "@language": "th"}]},
        {"noExpiry": 1},
        {"noExpiry": False},
        {"noExpiry": "true"},
        {"licenseNumber": 1},
        {"licenseNumber": True},
        {"@id": "https://license.example.go.th/x"},
        {"activity": "no map"},
        {"activity": {}},
        {"activity": {"TH": "x"}},
        {"activity": {"th": ["one"]}},
        {"activity": {"th": ["twice", "twice"]}},
        {"activity": {"th": [["x"]]}},
        {"activity": {"@none": "x"}},
        {"licensee": {"@list": []}},
        {"licensee": [{"id": "urn:x:1", "type": "Person"}, {"id": "urn:x:1", "type": "Person"}]},
        {"https://schema.org/name": "x"},
        {"record": {"id": "https://license.example.go.th/x", "type": "RegisterRecord", "@included": []}},
    ],
)
def test_what_the_table_does_not_know_goes_the_general_way(change: dict[str, Any]) -> None:
    credential = credential_of({**SUBJECT, **change})
    with pytest.raises(NotCompiled):
        COMPILED.canonical(credential)
    try:
        expected = general_nquads(credential, LOADER)
    except MalformedDocument as error:
        with pytest.raises(MalformedDocument, match=str(error)[:20].replace("(", r"\(")):
            canonical_nquads(credential, LOADER)
    else:
        assert canonical_nquads(credential, LOADER) == expected


@pytest.mark.parametrize("types", [None, [], "", {}, [None], ["License", "License"], 1, True])
def test_types_that_are_none_are_not_walked(types: object) -> None:
    issuer = {"id": "did:web:a", "type": types, "name": "x"}
    with pytest.raises(NotCompiled):
        COMPILED.canonical(credential_of(SUBJECT) | {"issuer": issuer})
    with pytest.raises(NotCompiled):
        COMPILED.canonical({"@context": list(CONTEXTS), "type": types, "name": "x"})


def test_what_two_nodes_say_about_one_subject_is_said_once() -> None:
    person = {"id": "https://license.example.go.th/x/3", "type": "Person", "fullName": {"th": "ก", "en": "b"}}
    other = {"id": person["id"], "type": "Organization", "legalName": {"th": "ก"}, "juristicId": "1"}
    same = {"id": person["id"], "type": "Person", "fullName": {"th": "ก"}}
    for nodes_of_one in ((person, other), (person, same), (other, person)):
        subject = {**SUBJECT, "licensee": [nodes_of_one[0]], "issuedBy": nodes_of_one[1]}
        assert COMPILED.canonical(credential_of(subject)) == general_nquads(credential_of(subject), LOADER)


def test_two_members_with_one_iri_are_said_in_order_and_once() -> None:
    # placeName and name are both schema:name.
    premises = {"id": "urn:x:3", "type": "Premises", "name": "b", "placeName": {"th": "a", "en": "c"}}
    person = {"id": "urn:x:4", "type": "Person", "fullName": {"th": "a"}, "name": "a"}
    subject = {**SUBJECT, "premises": [premises], "licensee": [person]}
    assert COMPILED.canonical(credential_of(subject)) == general_nquads(credential_of(subject), LOADER)


def test_what_is_remembered_is_forgotten_in_time_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for bound in ("MAX_KNOWN", "MAX_SHAPES", "MAX_SCOPES"):
        monkeypatch.setattr(f"verify.compiled.{bound}", 3)
    small = CompiledContext(INLINE)
    records = Records(-1)
    for _ in range(50):
        credential = records.credential()
        assert small.canonical(credential) == COMPILED.canonical(credential)


mutations = st.sampled_from(
    [
        None,
        "",
        [],
        {},
        1,
        True,
        False,
        "x",
        "urn:x:1",
        ["x"],
        ["x", "x"],
        {"th": "x"},
        {"@value": "x"},
        {"id": "urn:x:9"},
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10_000), st.data())
def test_a_mutated_document_is_walked_right_or_not_at_all(seed: int, data: st.DataObject) -> None:
    """And where it is walked, it has the plain form: a verifier need not look for it again."""
    credential = Records(seed).credential()
    places = list(_places(credential))
    holder, key = places[data.draw(st.integers(0, len(places) - 1))]
    holder[key] = data.draw(mutations)
    try:
        walked = COMPILED.canonical(credential)
    except NotCompiled:
        return
    assert walked == oxigraph_nquads(credential)
    require_terms(credential)
    if isinstance(credential["credentialSubject"], dict) and "LicenseCredential" in credential["type"]:
        require_license_form(credential)


def _places(value: Any) -> Any:
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        if key == "@context":
            continue
        yield value, key
        if isinstance(item, dict | list):
            yield from _places(item)


def test_an_unpinned_context_is_refused_by_both_ways() -> None:
    document = {"@context": [CREDENTIALS_V2, "https://attacker.example/context"], "id": "urn:x", "type": "License"}
    for way in (canonical_nquads, general_nquads):
        with pytest.raises(ContextUnknown, match="context is not one that we know"):
            way(document, LOADER)
