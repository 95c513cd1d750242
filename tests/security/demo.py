"""Fifty credentials of the demo, as a register publishes them: of every type and authority, a few rows of each file."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from registry.catalogue import declare, read_catalogue
from registry.config import Settings
from registry.demo.generate import CATALOGUE_FILE, generate
from registry.intake.batch import Submission
from registry.intake.publish import publish
from registry.register import initialise
from registry.tables import CredentialRow
from registry.trust import trust_file
from tests.registry.small import BASE, Randomness
from verify.document import Document, parse_document
from verify.trust import TrustData, parse_trust
from verify.verdict import Answer
from verify.verifier import examine

NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
COUNT = 50
ROWS_OF_A_FILE = 3


@dataclass(frozen=True)
class Demo:
    """`credentials` are genuine, and most are in force; `trust` is the register's, as if it were asked itself."""

    credentials: tuple[bytes, ...]
    trust: TrustData
    did_documents: dict[str, Document]


def make_demo() -> Demo:
    """Publishes a few rows of each of the demo's files, through the register's own services."""
    with TemporaryDirectory() as name:
        home = Path(name)
        settings = Settings.from_environ({"REGISTRY_HOME": str(home / "register"), "REGISTRY_BASE_URL": BASE})
        register = initialise(settings, lambda: NOW, Randomness("demo"))
        try:
            declare(register, read_catalogue(CATALOGUE_FILE))
            for publication in generate(home / "files", today=register.today()):
                heading, *rows = publication.file.read_bytes().splitlines(keepends=True)
                some = [rows[place * len(rows) // ROWS_OF_A_FILE] for place in range(ROWS_OF_A_FILE)]
                publish(
                    register,
                    Submission(
                        authority=publication.authority,
                        license_type=publication.type,
                        file_name=publication.file.name,
                        body=b"".join([heading, *some]),
                        mapping=publication.mapping.read_text(encoding="utf-8"),
                    ),
                )
            with register.database.reading() as session:
                bodies = list(session.scalars(select(CredentialRow.body).order_by(CredentialRow.id)))
            raw = trust_file(register)
        finally:
            register.database.close()
    trust = replace(parse_trust(raw), live=True)
    documents = {issuer["did"]: issuer["didDocument"] for issuer in parse_document(raw, max_bytes=len(raw))["issuers"]}
    assert all(examine(body, trust, NOW).genuine.answer is Answer.YES for body in bodies)
    # Every so many, so that all files are among them.
    chosen = [bodies[place * len(bodies) // COUNT] for place in range(COUNT)]
    return Demo(tuple(chosen), trust, documents)
