"""The rules of the architecture that a machine can check, and for each a planted violation that it must find.

A rule takes the modules of a tree and returns its findings, one line each: an empty list is a pass.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Each may import itself and what stands before it. `tests` stands last: nothing imports it.
LAYERS = ("vocab", "verify", "issuers", "registry", "wsgi", "tests")
PACKAGES = ("vocab", "verify", "issuers", "registry")

FRAMEWORKS = {
    "flask": ("registry", "verify.web"),
    "jinja2": ("registry", "verify.web"),
    "werkzeug": ("registry", "verify.web"),
    "alembic": ("registry",),
    "psycopg": ("registry",),
    "sqlalchemy": ("registry",),
}
EMPTY_NAMES = {"common", "helper", "helpers", "misc", "util", "utils"}
ENVIRONMENT = ("os.environ", "os.environb", "os.getenv", "os.getenvb")
ENVIRONMENT_READERS = ("registry.config",)
CLOCK_AND_RANDOMNESS = (
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "os.urandom",
    "random",
    "secrets",
    "time.gmtime",
    "time.localtime",
    "time.time",
    "time.time_ns",
    "uuid.uuid1",
    "uuid.uuid4",
)
PURE_LAYERS = ("vocab", "verify", "issuers")
EDGES = ("verify.__main__",)
LONGEST_FILE = 400


@dataclass(frozen=True)
class Module:
    name: str  # dotted; a package's __init__.py has the package's name
    path: Path
    source: str
    tree: ast.Module

    @property
    def layer(self) -> str:
        return self.name.partition(".")[0]

    @property
    def package(self) -> str:
        """What a relative import starts from."""
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]


@dataclass(frozen=True)
class Import:
    target: str  # dotted and absolute
    name: str | None  # the X of `from target import X`
    line: int

    @property
    def full(self) -> str:
        return self.target if self.name is None else f"{self.target}.{self.name}"


def load(root: Path) -> list[Module]:
    """Every module of the layers under root, tests excepted."""
    paths = [path for package in PACKAGES for path in sorted((root / package).rglob("*.py"))]
    paths += [path for path in [root / "wsgi.py"] if path.exists()]
    return [load_module(root, path) for path in paths]


def load_module(root: Path, path: Path) -> Module:
    parts = path.relative_to(root).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    source = path.read_text(encoding="utf-8")
    return Module(name, path, source, ast.parse(source, filename=str(path)))


def within(name: str, prefixes: tuple[str, ...]) -> bool:
    """True if the dotted name is one of the prefixes or lies below one."""
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)


def imports(module: Module) -> Iterator[Import]:
    """All imports: at the top, under TYPE_CHECKING, inside functions, and by a call with a literal name."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Import(names=names):
                yield from (Import(alias.name, None, node.lineno) for alias in names)
            case ast.ImportFrom(module=target, names=names, level=level):
                base = absolute(module, target, level)
                yield from (Import(base, alias.name, node.lineno) for alias in names)
            case ast.Call(
                func=ast.Name(id="__import__" | "import_module") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(target)), *_],
            ):
                yield Import(target, None, node.lineno)


def absolute(module: Module, target: str | None, level: int) -> str:
    """The dotted name that `from ...target import` means in this module."""
    if level == 0:
        return target or ""
    parents = module.package.split(".")
    base = parents[: len(parents) - level + 1]
    return ".".join([*base, target] if target else base)


def uses(module: Module) -> Iterator[tuple[str, int]]:
    """Full dotted names that the module imports or mentions, whatever it calls them, with their lines."""
    local_names = {}
    for node in ast.walk(module.tree):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    # `import os.path` binds `os`; `import os.path as p` binds `p` to all of it.
                    bound = alias.name if alias.asname else alias.name.partition(".")[0]
                    local_names[alias.asname or bound] = bound
                    yield alias.name, node.lineno
            case ast.ImportFrom(module=str(target), names=names, level=0):
                for alias in names:
                    local_names[alias.asname or alias.name] = f"{target}.{alias.name}"
                    yield f"{target}.{alias.name}", node.lineno
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute):
            base, _, rest = ast.unparse(node).partition(".")
            if base in local_names:
                yield f"{local_names[base]}.{rest}", node.lineno


def forbidden_uses(modules: list[Module], names: tuple[str, ...], allowed: tuple[str, ...]) -> list[str]:
    # As a set: `os.environ.get` is an attribute of `os.environ`, one mistake and two nodes.
    return sorted(
        {
            f"{module.name}:{line} uses {next(name for name in names if within(used, (name,)))}"
            for module in modules
            if not within(module.name, allowed)
            for used, line in uses(module)
            if within(used, names)
        }
    )


def check_layers(modules: list[Module]) -> list[str]:
    """vocab < verify < issuers < registry < wsgi: imports go one way only."""
    return [
        f"{module.name}:{found.line} imports {found.full}, which stands above it"
        for module in modules
        for found in imports(module)
        if (layer := found.target.partition(".")[0]) in LAYERS and LAYERS.index(layer) > LAYERS.index(module.layer)
    ]


def check_cycles(modules: list[Module]) -> list[str]:
    """No module imports itself by way of others. `from package import module` imports that module alone."""
    names = {module.name for module in modules}
    graph = {
        module.name: {
            target
            for found in imports(module)
            if (target := found.full if found.full in names else found.target) in names
        }
        for module in modules
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [" -> ".join(reversed(error.args[1]))]
    return []


def check_frameworks(modules: list[Module]) -> list[str]:
    """The web framework and the database stay where the architecture puts them."""
    return [
        f"{module.name}:{found.line} imports {found.full}"
        for module in modules
        for found in imports(module)
        if (framework := found.target.partition(".")[0]) in FRAMEWORKS
        and not within(module.name, FRAMEWORKS[framework])
    ]


def check_names(modules: list[Module]) -> list[str]:
    """A module is named by its noun, so that what does not belong in it shows."""
    return [f"{module.name} says nothing" for module in modules if EMPTY_NAMES & set(module.name.split("."))]


def check_environment(modules: list[Module]) -> list[str]:
    """Only registry/config.py reads the environment."""
    return forbidden_uses(modules, ENVIRONMENT, allowed=ENVIRONMENT_READERS)


def check_clock_and_randomness(modules: list[Module]) -> list[str]:
    """R4: below the registry the clock and randomness are arguments."""
    pure = [module for module in modules if module.layer in PURE_LAYERS]
    return forbidden_uses(pure, CLOCK_AND_RANDOMNESS, allowed=EDGES)


def check_length(modules: list[Module]) -> list[str]:
    """A soft sign made hard: split a file before it reaches this length."""
    lengths = ((module.name, len(module.source.splitlines())) for module in modules)
    return [f"{name} has {lines} lines, over {LONGEST_FILE}" for name, lines in lengths if lines > LONGEST_FILE]


CHECKS: tuple[Callable[[list[Module]], list[str]], ...] = (
    check_layers,
    check_cycles,
    check_frameworks,
    check_names,
    check_environment,
    check_clock_and_randomness,
    check_length,
)


@cache
def project() -> tuple[Module, ...]:
    return tuple(load(ROOT))


def test_every_layer_is_looked_at() -> None:
    assert {module.layer for module in project()} == set(LAYERS) - {"tests"}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_architecture(check: Callable[[list[Module]], list[str]]) -> None:
    assert check(list(project())) == []


# One tree for each way to break a rule: the check, the files, and what it must say.
VIOLATIONS = [
    (check_layers, {"vocab/a.py": "import verify"}, "vocab.a:1 imports verify"),
    (
        check_layers,
        {"vocab/a.py": "from registry.store import find"},
        "vocab.a:1 imports registry.store.find",
    ),
    (
        check_layers,
        {"verify/a.py": "def f():\n    from issuers import keys"},
        "verify.a:2 imports issuers.keys",
    ),
    (
        check_layers,
        {"issuers/a.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import registry.store"},
        "issuers.a:3 imports registry.store",
    ),
    (
        check_layers,
        {"vocab/a.py": "import importlib\nimportlib.import_module('wsgi')"},
        "vocab.a:2 imports wsgi",
    ),
    (check_layers, {"registry/a.py": "from tests import conftest"}, "registry.a:1 imports tests.conftest"),
    (check_layers, {"registry/web/a.py": "import wsgi"}, "registry.web.a:1 imports wsgi"),
    (
        check_cycles,
        {
            "vocab/a.py": "import vocab.b",
            "vocab/b.py": "from vocab import c",
            "vocab/c.py": "from .a import x",
        },
        "vocab.a -> vocab.b -> vocab.c -> vocab.a",
    ),
    (
        check_cycles,
        {"verify/__init__.py": "from verify.a import x", "verify/a.py": "def f():\n    from verify import y"},
        "verify -> verify.a -> verify",
    ),
    (
        check_cycles,
        {"registry/web/a.py": "from ..b import x", "registry/b.py": "from .web import a"},
        "registry.b -> registry.web.a -> registry.b",
    ),
    (
        check_frameworks,
        {"verify/proof.py": "from flask import request"},
        "verify.proof:1 imports flask.request",
    ),
    (check_frameworks, {"issuers/a.py": "import sqlalchemy.orm"}, "issuers.a:1 imports sqlalchemy.orm"),
    (check_frameworks, {"verify/web.py": "import sqlalchemy"}, "verify.web:1 imports sqlalchemy"),
    (check_names, {"registry/utils.py": ""}, "registry.utils says nothing"),
    (check_names, {"registry/common/a.py": ""}, "registry.common.a says nothing"),
    (
        check_environment,
        {"registry/cli.py": "import os\nos.environ.get('A')"},
        "registry.cli:2 uses os.environ",
    ),
    (check_environment, {"wsgi.py": "from os import getenv as e"}, "wsgi:1 uses os.getenv"),
    (
        check_environment,
        {"verify/__main__.py": "import os as o\no.environ['A']"},
        "verify.__main__:2 uses os.environ",
    ),
    (
        check_clock_and_randomness,
        {"vocab/a.py": "from datetime import datetime as d\nx = d.now"},
        "vocab.a:2 uses datetime.datetime.now",
    ),
    (
        check_clock_and_randomness,
        {"verify/a.py": "import datetime as dt\ndt.date.today()"},
        "verify.a:2 uses datetime.date.today",
    ),
    (check_clock_and_randomness, {"issuers/a.py": "from time import time"}, "issuers.a:1 uses time.time"),
    (check_clock_and_randomness, {"issuers/a.py": "import secrets"}, "issuers.a:1 uses secrets"),
    (check_clock_and_randomness, {"issuers/a.py": "import os\nos.urandom(8)"}, "issuers.a:2 uses os.urandom"),
    (check_length, {"vocab/a.py": "x = 1\n" * 401}, "vocab.a has 401 lines"),
]

# The same words where they are right: a check that finds these too would be switched off by the next person.
INNOCENT = {
    "vocab/__init__.py": "from vocab.a import now",
    "vocab/a.py": "from datetime import date, datetime\n\ndef now(clock):\n    return clock.datetime.now()",
    "vocab/b.py": "from . import a\nimport vocab.a",
    "verify/__main__.py": "from datetime import datetime\ndatetime.now()\nimport secrets",
    "verify/web.py": "from flask import Blueprint\nfrom verify import a",
    "verify/a.py": "import os\nfrom vocab import a\nos.path.join('a', 'b')",
    "registry/config.py": "import os\nos.environ.get('A')",
    "registry/store.py": "import sqlalchemy, time, vocab, verify, issuers\ntime.time()",
    "wsgi.py": "from registry.config import Settings\n" + "x = 1\n" * 399,
}


def plant(root: Path, files: dict[str, str]) -> list[Module]:
    for name, source in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return load(root)


@pytest.mark.parametrize(("check", "files", "finding"), VIOLATIONS, ids=lambda value: getattr(value, "__name__", ""))
def test_planted_violation_is_found(
    tmp_path: Path, check: Callable[[list[Module]], list[str]], files: dict[str, str], finding: str
) -> None:
    findings = check(plant(tmp_path, files))
    assert len(findings) == 1
    assert finding in findings[0]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_innocent_code_is_left_alone(tmp_path: Path, check: Callable[[list[Module]], list[str]]) -> None:
    assert check(plant(tmp_path, INNOCENT)) == []


def test_every_check_has_a_planted_violation() -> None:
    assert {check for check, _, _ in VIOLATIONS} == set(CHECKS)
