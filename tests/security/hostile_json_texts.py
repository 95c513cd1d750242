"""JSON that is dear to parse, and texts that are long."""

from tests.security.shapes import DID, NAMING, PROOF, credential, dump, filled, shape


@shape
def nested_objects(size: int) -> bytes:
    return b'{"a":' * (size // 6 - 1) + b"0" + b"}" * (size // 6 - 1)


@shape
def nested_5000(size: int) -> bytes:
    return b'{"a":' * 5_000 + b"0" + b"}" * 5_000


@shape
def nested_lists(size: int) -> bytes:
    return b'{"a":' + b"[" * (size // 2 - 4) + b"]" * (size // 2 - 4) + b"}"


@shape
def never_closed(size: int) -> bytes:
    return b'{"a":' * (size // 5)


@shape
def nested_at_the_bound(size: int) -> bytes:
    def nested(depth: int, width: int) -> object:
        return {"p": [nested(depth - 1, width)] + ["urn:x:1"] * width} if depth else "urn:x:1"

    return filled(size, lambda n: credential(NAMING, credentialSubject={"id": "urn:x:s", "p": nested(17, n)}))


@shape
def duplicate_keys(size: int) -> bytes:
    return b"{" + b",".join([b'"a":0'] * ((size - 2) // 6)) + b"}"


@shape
def many_keys(size: int) -> bytes:
    return filled(size, lambda n: credential(credentialSubject={"id": "urn:x:s", **{f"k{k}": k for k in range(n)}}))


@shape
def huge_integer(size: int) -> bytes:
    return b'{"a":' + b"9" * (size - 6) + b"}"


@shape
def long_fraction(size: int) -> bytes:
    return b'{"a":0.' + b"1" * (size - 8) + b"}"


@shape
def huge_exponent(size: int) -> bytes:
    return dump(credential(NAMING)).replace(b'"type":"urn:x:type"', b'"t":1e' + b"9" * 400)


@shape
def escaped_quotes(size: int) -> bytes:
    return b'{"a":"' + b'\\"' * ((size - 8) // 2) + b'"}'


@shape
def string_never_closed(size: int) -> bytes:
    return b'{"a":"' + b'\\"' * ((size - 6) // 2)


@shape
def surrogates(size: int) -> bytes:
    return b'{"a":["' + b'\\ud800","' * ((size - 10) // 9) + b'"]}'


@shape
def not_utf8(size: int) -> bytes:
    return b'{"a":"' + b"\xff" * (size - 8) + b'"}'


@shape
def many_zeros(size: int) -> bytes:
    return filled(size, lambda n: credential(NAMING, credentialSubject={"id": "urn:x:s", "t": [0] * n}))


@shape
def many_texts(size: int) -> bytes:
    return filled(size, lambda n: credential(credentialSubject=[{"id": f"urn:x:{k}"} for k in range(n)]))


# Long texts


@shape
def long_text(size: int) -> bytes:
    return filled(size, lambda n: credential(name="x" * n))


@shape
def long_name_of_many_statements(size: int) -> bytes:
    """Half of the document is one identifier, which stands in each of the statements that the other half makes."""
    return filled(
        size,
        lambda n: credential(
            id="urn:x:" + "y" * n, name=[{"@value": str(k), "@language": "en"} for k in range(n // 40)]
        ),
    )


@shape
def long_language_of_many_texts(size: int) -> bytes:
    return filled(
        size,
        lambda n: credential(
            {"m": {"@id": "urn:p:m", "@container": "@language"}},
            credentialSubject={"id": "urn:x:s", "m": {"en" + "-abcdefgh" * (n // 9): [str(k) for k in range(n // 6)]}},
        ),
    )


@shape
def long_property_of_many_statements(size: int) -> bytes:
    return filled(
        size,
        lambda n: credential(
            {"l": "urn:x:" + "y" * n}, credentialSubject={"id": "urn:x:s", "l": [str(k) for k in range(n // 6)]}
        ),
    )


@shape
def long_prefix_of_many_terms(size: int) -> bytes:
    return filled(
        size,
        lambda n: credential(
            {"l": {"@id": "urn:x:" + "y" * n, "@prefix": True}},
            credentialSubject={"id": "urn:x:s"} | {f"l:{k}": "x" for k in range(min(n // 12, 900))},
        ),
    )


@shape
def prefixes_upon_prefixes(size: int) -> bytes:
    """Each prefix is the one before it, and more: the last is as long as all together."""
    return filled(
        size,
        lambda n: credential(
            {"a0": {"@id": "urn:x:", "@prefix": True}}
            | {f"a{k}": {"@id": f"a{k - 1}:" + "y" * 500, "@prefix": True} for k in range(1, n)},
            credentialSubject={"id": "urn:x:s"} | {f"a{n - 1}:{k}": "x" for k in range(n)},
        ),
    )


@shape
def long_base(size: int) -> bytes:
    return filled(
        size,
        lambda n: credential(
            NAMING | {"@base": "https://x.example/" + "y" * n + "/"},
            credentialSubject={"id": "urn:x:s", "p": [str(k) for k in range(min(n // 8, 900))]},
        ),
    )


@shape
def long_type(size: int) -> bytes:
    return filled(size, lambda n: credential(type=["VerifiableCredential", "x" * n]))


@shape
def many_types(size: int) -> bytes:
    return filled(size, lambda n: credential(type=["VerifiableCredential", *(f"urn:x:{k}" for k in range(n))]))


@shape
def long_issuer(size: int) -> bytes:
    return filled(size, lambda n: credential(issuer="did:key:z" + "6" * n))


@shape
def long_method(size: int) -> bytes:
    return filled(size, lambda n: credential(proof=PROOF | {"verificationMethod": f"{DID}#" + "z" * n}))


@shape
def long_proof_value(size: int) -> bytes:
    return filled(size, lambda n: credential(proof=PROOF | {"proofValue": "z" + "2" * n}))


@shape
def long_date(size: int) -> bytes:
    return filled(size, lambda n: credential(validFrom="2026-01-01T00:00:00." + "0" * n + "Z"))


@shape
def long_context_address(size: int) -> bytes:
    return filled(size, lambda n: credential("https://x.example/" + "y" * n))


@shape
def language_map(size: int) -> bytes:
    return filled(
        size,
        lambda n: credential(
            {"m": {"@id": "urn:p:m", "@container": "@language"}},
            credentialSubject={"id": "urn:x:s", "m": {f"en-x{k}": "x" for k in range(n)}},
        ),
    )
