"""The test vectors that the cryptosuites' Recommendations of 2025-05-15 print, value by value.

VC-DI-EDDSA, appendix B.1, B.2 and B.5, and VC-DI-ECDSA, appendix A.1 and A.2. The files of the specifications' repositories were
changed before and after; these are the values of the Recommendations. Their secret keys are published on purpose.
"""

from dataclasses import dataclass, field
from typing import Any

from verify.document import Document
from vocab.contexts import DocumentLoader, document_loader
from vocab.terms import CREDENTIALS_V2

EXAMPLES_V2 = "https://www.w3.org/ns/credentials/examples/v2"
CITIZENSHIP = "https://w3id.org/citizenship/v4rc1"
RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
CRED, SCHEMA, XSD = "https://www.w3.org/2018/credentials#", "https://schema.org/", "http://www.w3.org/2001/XMLSchema#"
CITIZEN = "https://w3id.org/citizenship#"

ED25519 = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
ED25519_SECRET = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
P256 = "zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP"
P256_SECRET = "z42twTcNeSYcnqg1FLuSFs2bsGH3ZqbRHFmvS9XMsYhjxvHN"


@dataclass(frozen=True, kw_only=True)
class Vector:
    """A credential, the options of its proof, and every value on the way from the two to `proof_value`."""

    document: Document
    options: Document
    nquads: str
    options_nquads: str
    document_hash: str
    options_hash: str
    signature: str
    proof_value: str
    public_key: str
    secret_key: str
    contexts: dict[str, Document] = field(default_factory=dict)

    @property
    def loader(self) -> DocumentLoader:
        """Our own loader, and beside it the contexts that the vector needs and nobody publishes as a package."""

        def load(url: str, options: dict[str, Any]) -> dict[str, Any]:
            if url not in self.contexts:
                return document_loader(frozenset())(url, options)
            found = {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url}
            return found | {"document": self.contexts[url]}

        return load


def options(cryptosuite: str, key: str) -> Document:
    return {
        "type": "DataIntegrityProof",
        "cryptosuite": cryptosuite,
        "created": "2023-02-24T23:36:38Z",
        "verificationMethod": f"did:key:{key}#{key}",
        "proofPurpose": "assertionMethod",
    }


def options_nquads(cryptosuite: str, key: str) -> str:
    return (
        f'_:c14n0 <http://purl.org/dc/terms/created> "2023-02-24T23:36:38Z"^^<{XSD}dateTime> .\n'
        f"_:c14n0 {RDF_TYPE} <https://w3id.org/security#DataIntegrityProof> .\n"
        "_:c14n0 <https://w3id.org/security#cryptosuite> "
        f'"{cryptosuite}"^^<https://w3id.org/security#cryptosuiteString> .\n'
        "_:c14n0 <https://w3id.org/security#proofPurpose> <https://w3id.org/security#assertionMethod> .\n"
        f"_:c14n0 <https://w3id.org/security#verificationMethod> <did:key:{key}#{key}> .\n"
    )


EDDSA_OPTIONS_HASH = "bea7b7acfbad0126b135104024a5f1733e705108f42d59668b05c0c50004c6b0"
ECDSA_OPTIONS_HASH = "3a8a522f689025727fb9d1f0fa99a618da023e8494ac74f51015d009d35abc2e"

ALUMNI_ID = "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33"
ALUMNI: Document = {
    "@context": [CREDENTIALS_V2, EXAMPLES_V2],
    "id": ALUMNI_ID,
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
ALUMNI_NQUADS = (
    '<did:example:abcdefgh> <https://www.w3.org/ns/credentials/examples#alumniOf> "The School of Examples" .\n'
    f"<{ALUMNI_ID}> {RDF_TYPE} <{CRED}VerifiableCredential> .\n"
    f"<{ALUMNI_ID}> {RDF_TYPE} <https://www.w3.org/ns/credentials/examples#AlumniCredential> .\n"
    f'<{ALUMNI_ID}> <{SCHEMA}description> "A minimum viable example of an Alumni Credential." .\n'
    f'<{ALUMNI_ID}> <{SCHEMA}name> "Alumni Credential" .\n'
    f"<{ALUMNI_ID}> <{CRED}credentialSubject> <did:example:abcdefgh> .\n"
    f"<{ALUMNI_ID}> <{CRED}issuer> <https://vc.example/issuers/5678> .\n"
    f'<{ALUMNI_ID}> <{CRED}validFrom> "2023-01-01T00:00:00Z"^^<{XSD}dateTime> .\n'
)
ALUMNI_HASH = "517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017"

_PNG = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVQIW2N"
ISSUER_IMAGE = _PNG + "gUPr/HwADaAIhG61j/AAAAABJRU5ErkJggg=="
SUBJECT_IMAGE = _PNG + "g+M/wHwAEAQH/7yMK/gAAAABJRU5ErkJggg=="
EMPLOYER = "did:key:zDnaegE6RR3atJtHKwTRTWHsJ3kNHqFwv7n9YjTgmU7TyfU76"
EMPLOYMENT: Document = {
    "@context": [CREDENTIALS_V2, CITIZENSHIP],
    "type": ["VerifiableCredential", "EmploymentAuthorizationDocumentCredential"],
    "issuer": {"id": EMPLOYER, "image": ISSUER_IMAGE},
    "credentialSubject": {
        "type": ["Person", "EmployablePerson"],
        "givenName": "JOHN",
        "additionalName": "JACOB",
        "familyName": "SMITH",
        "image": SUBJECT_IMAGE,
        "gender": "Male",
        "residentSince": "2015-01-01",
        "birthCountry": "Bahamas",
        "birthDate": "1999-07-17",
        "employmentAuthorizationDocument": {
            "type": "EmploymentAuthorizationDocument",
            "identifier": "83627465",
            "lprCategory": "C09",
            "lprNumber": "999-999-999",
        },
    },
    "name": "Employment Authorization Document",
    "description": "Example Employment Authorization Document.",
    "validFrom": "2019-12-03T00:00:00Z",
    "validUntil": "2029-12-03T00:00:00Z",
}
EMPLOYMENT_NQUADS = (
    f"<{EMPLOYER}> <{SCHEMA}image> <{ISSUER_IMAGE}> .\n"
    f"_:c14n0 {RDF_TYPE} <{CITIZEN}EmploymentAuthorizationDocumentCredential> .\n"
    f"_:c14n0 {RDF_TYPE} <{CRED}VerifiableCredential> .\n"
    f'_:c14n0 <{SCHEMA}description> "Example Employment Authorization Document." .\n'
    f'_:c14n0 <{SCHEMA}name> "Employment Authorization Document" .\n'
    f"_:c14n0 <{CRED}credentialSubject> _:c14n1 .\n"
    f"_:c14n0 <{CRED}issuer> <{EMPLOYER}> .\n"
    f'_:c14n0 <{CRED}validFrom> "2019-12-03T00:00:00Z"^^<{XSD}dateTime> .\n'
    f'_:c14n0 <{CRED}validUntil> "2029-12-03T00:00:00Z"^^<{XSD}dateTime> .\n'
    f"_:c14n1 {RDF_TYPE} <{SCHEMA}Person> .\n"
    f"_:c14n1 {RDF_TYPE} <{CITIZEN}EmployablePerson> .\n"
    f'_:c14n1 <{SCHEMA}additionalName> "JACOB" .\n'
    f'_:c14n1 <{SCHEMA}birthDate> "1999-07-17"^^<{XSD}dateTime> .\n'
    f'_:c14n1 <{SCHEMA}familyName> "SMITH" .\n'
    f'_:c14n1 <{SCHEMA}gender> "Male" .\n'
    f'_:c14n1 <{SCHEMA}givenName> "JOHN" .\n'
    f"_:c14n1 <{SCHEMA}image> <{SUBJECT_IMAGE}> .\n"
    f'_:c14n1 <{CITIZEN}birthCountry> "Bahamas" .\n'
    f"_:c14n1 <{CITIZEN}employmentAuthorizationDocument> _:c14n2 .\n"
    f'_:c14n1 <{CITIZEN}residentSince> "2015-01-01"^^<{XSD}dateTime> .\n'
    f"_:c14n2 {RDF_TYPE} <{CITIZEN}EmploymentAuthorizationDocument> .\n"
    f'_:c14n2 <{SCHEMA}identifier> "83627465" .\n'
    f'_:c14n2 <{CITIZEN}lprCategory> "C09" .\n'
    f'_:c14n2 <{CITIZEN}lprNumber> "999-999-999" .\n'
)
EMPLOYMENT_HASH = "03f59e5b04ab575b1172cb684f22eede72f0e9033e0b5c67d0e2506768d6ce11"

_SCHEMA_TERMS = ("Person", "additionalName", "familyName", "gender", "givenName", "identifier")
_CITIZEN_TERMS = (
    *("EmployablePerson", "EmploymentAuthorizationDocument", "EmploymentAuthorizationDocumentCredential"),
    *("birthCountry", "employmentAuthorizationDocument", "lprCategory", "lprNumber"),
)
# No package has the citizenship context. This one is ours: it gives the vector's terms the IRIs that the printed canonical form
# has for them, and what is tested is all that comes after.
CITIZENSHIP_TERMS: Document = {
    "@context": {
        **{term: SCHEMA + term for term in _SCHEMA_TERMS},
        **{term: CITIZEN + term for term in _CITIZEN_TERMS},
        "image": {"@id": SCHEMA + "image", "@type": "@id"},
        "birthDate": {"@id": SCHEMA + "birthDate", "@type": XSD + "dateTime"},
        "residentSince": {"@id": CITIZEN + "residentSince", "@type": XSD + "dateTime"},
    }
}

VECTORS = {
    "VC-DI-EDDSA B.1": Vector(
        document=ALUMNI,
        options=options("eddsa-rdfc-2022", ED25519),
        nquads=ALUMNI_NQUADS,
        options_nquads=options_nquads("eddsa-rdfc-2022", ED25519),
        document_hash=ALUMNI_HASH,
        options_hash=EDDSA_OPTIONS_HASH,
        signature="4d8e53c2d5b3f2a7891753eb16ca993325bdb0d3cfc5be1093d0a18426f5ef85"
        "78cadc0fd4b5f4dd0d1ce0aefd15ab120b7a894d0eb094ffda4e6553cd1ed50d",
        proof_value="z2YwC8z3ap7yx1nZYCg4L3j3ApHsF8kgPdSb5xoS1VR7vPG3F561B52hYnQF9iseabecm3ijx4K1FBTQsCZahKZme",
        public_key=ED25519,
        secret_key=ED25519_SECRET,
    ),
    "VC-DI-EDDSA B.2": Vector(
        document=EMPLOYMENT,
        options=options("eddsa-rdfc-2022", ED25519),
        nquads=EMPLOYMENT_NQUADS,
        options_nquads=options_nquads("eddsa-rdfc-2022", ED25519),
        document_hash=EMPLOYMENT_HASH,
        options_hash=EDDSA_OPTIONS_HASH,
        signature="20b1a944960b75ca69ba070af4820de6e6acae1afe827d8c566c0f7b932d1bd3"
        "abde3222b3095088051439a8b4e7a5356c7ba6d246774f875ebb6ddee1577003",
        proof_value="zeuuS9pi2ZR8Q41bFFJKS9weSWkwa7pRcxHTHzxjDEHtVSZp3D9Rm3JdzT82EQpmXMb9wvfFJLuDPeSXZaRX1q1c",
        public_key=ED25519,
        secret_key=ED25519_SECRET,
        contexts={CITIZENSHIP: CITIZENSHIP_TERMS},
    ),
    "VC-DI-ECDSA A.1": Vector(
        document=ALUMNI,
        options=options("ecdsa-rdfc-2019", P256),
        nquads=ALUMNI_NQUADS,
        options_nquads=options_nquads("ecdsa-rdfc-2019", P256),
        document_hash=ALUMNI_HASH,
        options_hash=ECDSA_OPTIONS_HASH,
        signature="1cb4290918ffb04a55ff7ae1e55e316a9990fda8eec67325eac7fcbf2ddf9dd2"
        "b06716a657e72b284c9604df3a172ecbf06a1a475b49ac807b1d9162df855636",
        proof_value="zaHXrr7AQdydBk3ahpCDpWbxfLokDqmCToYm2dyWvpcFVyWooC2he63w1f7UNQoAMKdhaRtcnaE2KTo5o5vTCcfw",
        public_key=P256,
        secret_key=P256_SECRET,
    ),
    "VC-DI-ECDSA A.2": Vector(
        document=EMPLOYMENT,
        options=options("ecdsa-rdfc-2019", P256),
        nquads=EMPLOYMENT_NQUADS,
        options_nquads=options_nquads("ecdsa-rdfc-2019", P256),
        document_hash=EMPLOYMENT_HASH,
        options_hash=ECDSA_OPTIONS_HASH,
        signature="c6798ff29f725dfd39aa4daf60fbb423cf9baf4e157f6b49f112c201015c6e73"
        "0dc877154e65cf467f8ee2b61ec86d98ed78334b1cc9f3dba2e1745f37205e92",
        proof_value="z4y9rJ7JxwfZZUBAHgDHJh7FzMbsycPhEtcSHqrfyn7fx3S5MWdajNu1r6SsJmirzfcWHe7vp9XKHmRqW6qe7u3d3",
        public_key=P256,
        secret_key=P256_SECRET,
        contexts={CITIZENSHIP: CITIZENSHIP_TERMS},
    ),
}

# VC-DI-EDDSA B.5: the key pairs of a set of two proofs (B.5.1), of a third that follows both (B.5.2) and of a fourth that follows
# the third (B.5.3); then the four proofs, in this order. All are over the credential of B.1.
CHAIN_KEYS = (
    ("z6MktgKTsu1QhX6QPbyqG6geXdw6FQCZBPq7uQpieWbiQiG7", "z3u2W4YnTstS1nSSBAgZcYSJF43JuZ9uLV6bF38B1Bf8NugW"),
    ("z6MkhWqdDBPojHA7cprTGTt5yHv5yUi1B8cnXn8ReLumkw6E", "z3u2cfp4Q17kMGhNCh348a3yw3cUBiWK6RXRzyJE54sixMFn"),
    ("z6MkmEq87wkHCYnWnNZkigeDMGTN7oUw1upkhzd77KuXERS1", "z3u2Zr3tcDLBDQKGxVa9SRDFNLqNqPWsa8p9rWPvCEH6bADB"),
    ("z6Mkm1S51iPHJvDEkJ9MRtxJmT8Pqo6wHipAFwBAjN83vntT", "z3u2ZTWiFwM17veUR7sXniY66Gf14SqMdpMLy7SW9x4EDdmw"),
)
_FIRST = "urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544"
_SECOND = "urn:uuid:8cc9022b-6b14-4cf3-8571-74972c5feb54"
_THIRD = "urn:uuid:d94f792a-c546-4d06-b38a-da070ab56c23"


def _chained(key: str, value: str, **members: object) -> Document:
    return options("eddsa-rdfc-2022", key) | members | {"proofValue": value}


CHAIN: tuple[Document, ...] = (
    _chained(
        CHAIN_KEYS[0][0],
        "z66vWyqwAghu52WbpRkCwFRTu6Msn92ArtjpJ3gGMSVoU5RADwBfszoDt1QWY8owqLPz4nTj7hAwV7xFti1p93zdr",
        id=_FIRST,
    ),
    _chained(
        CHAIN_KEYS[1][0],
        "z2scr94SNNrGpP2bE7ajvKWeUHm7HJ2edDkxpARvFAQ8V3USzwEzibqrXKaLHBrWostswsfvg82twQR88BgtnsrXY",
        id=_SECOND,
    ),
    _chained(
        CHAIN_KEYS[2][0],
        "zWaPeEvBAkhQpNQj8pknuvg5STcKnt3cvM9t4kAYeJETFjvVMSXEEjadC4uxC9fKCn6JHbjt6fj2fhoaVNynBm6J",
        id=_THIRD,
        created="2023-02-26T22:06:38Z",
        previousProof=[_FIRST, _SECOND],
    ),
    _chained(
        CHAIN_KEYS[3][0],
        "z4b5uUtxNiV4E541LiR8qLvA21xM1Vt4Hfn6nLmmDePdFvLB3jFj3HyEEJyRMbpJzv4Gfdr8ABeuRTxAvZv6KWRRh",
        created="2023-02-26T22:16:38Z",
        previousProof=_THIRD,
    ),
)
