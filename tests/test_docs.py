"""Documentation that fails when it is not true: commands, routes, settings, errors, terms."""

import re
from pathlib import Path

import click
import pytest
import rdflib
from rdflib.namespace import RDFS, SKOS

from registry import problems
from registry.cli import cli
from registry.config import Settings
from registry.intake.mapping import Field
from registry.register import Register
from tests import console
from verify import errors
from vocab import terms
from vocab.contexts import license_context_bytes, ontology_bytes
from vocab.history import ActKind, Status

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def test_readme_shows_what_a_newcomer_sees(shared_data: Path) -> None:
    text = console.README.read_text(encoding="utf-8")
    blocks = console.blocks(text)
    assert len(blocks) >= 4
    outputs = iter(console.run([command for block in blocks for command in console.commands(block)]))
    for block in blocks:
        assert console.stable(console.transcript(block, outputs)) == console.stable(block)


def test_every_link_between_documents_leads_somewhere() -> None:
    for document in (ROOT / "README.md", *DOCS.glob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
            assert "://" in target or (document.parent / target).exists(), (document.name, target)


def test_every_command_and_option_of_publishing_is_documented() -> None:
    text = read("operating.md")
    for name, command in cli.commands.items():
        for part in getattr(command, "commands", {"": command}):
            documented = f"`license-registry {name} {part}".rstrip()
            assert documented in text or re.search(rf"`license-registry {name} [a-z|\\\\]*\b{part}\b", text), documented


def test_every_option_has_a_help_text() -> None:
    for name, command in cli.commands.items():
        assert command.help, name
        for part, each in {**getattr(command, "commands", {}), "": command}.items():
            assert each.help, (name, part)
            for parameter in each.params:
                if isinstance(parameter, click.Option) and parameter.name not in {"output", "help", "dry_run"}:
                    assert parameter.help, (name, part, parameter.name)


def test_every_setting_is_documented() -> None:
    code = (ROOT / "registry" / "config.py").read_text(encoding="utf-8")
    read_names = set(re.findall(r'"((?:REGISTRY_)?[A-Z_]{4,})"', code)) - {"LANG"}
    assert {"REGISTRY_HOME", "PORT", "HOST"} <= read_names
    documented = read("operating.md")
    for name in read_names:
        assert f"`{name}`" in documented, name
    assert all(name in str(Settings.__doc__) for name in read_names)


def test_every_route_is_documented(register_app_rules: list[str]) -> None:
    text = read("api.md")
    for rule in register_app_rules:
        assert documented_form(rule) in text, rule


def documented_form(rule: str) -> str:
    """A Flask rule as docs/api.md writes it; formats stand in braces there, so only the fixed part is compared."""
    fixed = re.split(r"<", rule)[0]
    return fixed.removesuffix("/") if fixed != "/" else fixed


@pytest.fixture
def register_app_rules(sqlite_url: str, tmp_path: Path) -> list[str]:
    from registry.app import create_app

    settings = Settings.from_environ({"REGISTRY_HOME": str(tmp_path), "REGISTRY_DATABASE_URL": sqlite_url})
    app = create_app(settings, register=a_register(settings))
    return [rule.rule for rule in app.url_map.iter_rules()]


def a_register(settings: Settings) -> Register:
    from datetime import UTC, datetime

    from registry.register import initialise

    return initialise(settings, lambda: datetime(2026, 11, 21, tzinfo=UTC), lambda n: b"\1" * n)


def test_every_error_class_and_code_is_documented() -> None:
    text = read("errors.md")
    found = [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, errors.VerificationError | errors.CouldNotCheck)
    ]
    assert len(found) > 10
    for error in found:
        assert f"| `{error.code}` | `{error.__name__}` |" in text, error
    for kind, status, code, _title in problems.TABLE:
        if kind not in {errors.VerificationError, errors.CouldNotCheck}:
            assert f"| `{code}` | `{kind.__name__}` | {status} |" in text, kind


def test_every_field_of_a_mapping_is_documented() -> None:
    text = read("publishing.md")
    for name in Field:
        assert f"`{name}`" in text or f"\n{name} = " in text, name


def test_every_term_of_ours_is_described_in_both_languages() -> None:
    graph = rdflib.Graph().parse(data=ontology_bytes(), format="turtle")
    used = set(re.findall(re.escape(terms.LIC) + r"(\w+)", license_context_bytes().decode()))
    assert len(used) > 8
    for name in used:
        labels = {
            getattr(label, "language", "") for label in graph.objects(rdflib.URIRef(terms.LIC + name), RDFS.label)
        }
        assert labels == {"th", "en"}, name


def test_every_code_that_we_publish_is_in_its_code_list() -> None:
    graph = rdflib.Graph().parse(data=ontology_bytes(), format="turtle")
    for namespace, codes in ((terms.LICENSE_STATUS, Status), (terms.ACT_KIND, ActKind)):
        scheme = rdflib.URIRef(namespace.removesuffix("/"))
        listed = {str(concept).removeprefix(namespace) for concept in graph.subjects(SKOS.inScheme, scheme)}
        assert listed == {code.value for code in codes}
