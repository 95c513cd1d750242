"""Running commands as people type them: what tests of the command line share."""

import sys
from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path

import pytest

from registry.cli import main
from tests.registry.small import BASE, CATALOGUE, FOOD, MAPPING, NOON, TOWN, row, table

Run = Callable[..., tuple[int, str, str]]
"""Runs one command; gives its exit code, output and errors."""
PUBLISH = ("publish", "--authority", TOWN, "--type", FOOD, "--part")
DECISION = ("--on", "2026-11-20", "--order", "ที่ 1/2569", "--reason", "ทดสอบ")
OF_THE_ENVIRONMENT = (
    "REGISTRY_DATABASE_URL",
    "REGISTRY_KEK",
    "REGISTRY_KEK_FILE",
    "REGISTRY_KEK_NEXT",
    "REGISTRY_PKCS11_MODULE",
    "REGISTRY_PKCS11_PIN",
    "REGISTRY_PKCS11_PIN_FILE",
    "PORT",
    "HOST",
    "REGISTRY_WORKERS",
    "LANG",
)
"""What the machine may have set, and a test must not see."""


def runner(folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Commands in `folder`, in an environment of their own, at noon."""
    for name in OF_THE_ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REGISTRY_HOME", str(folder / "home"))
    monkeypatch.setenv("REGISTRY_BASE_URL", BASE)
    monkeypatch.setenv("REGISTRY_LANG", "en")
    monkeypatch.setattr("registry.cli.opening.clock", lambda: NOON)
    monkeypatch.setattr("verify.__main__.datetime", Noon)
    monkeypatch.chdir(folder)

    def command(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["license-registry", *arguments])
        code = _exit_code()
        output, errors = capfd.readouterr()
        assert "Traceback" not in output + errors
        assert "a fault of ours" not in errors
        return code, output, errors

    return command


def _exit_code() -> int:
    try:
        main()
    except SystemExit as stopped:
        return int(stopped.code or 0)
    return 0


class Noon(datetime):
    """The clock of `python -m verify`, stopped."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Noon":
        return cls.fromtimestamp(NOON.timestamp(), tz)


def make_ready(run: Run, folder: Path) -> None:
    """A register with four licences, and the files `good.csv` and `mapping.toml`."""
    (folder / "catalogue.toml").write_text(CATALOGUE, encoding="utf-8")
    (folder / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    rows = [row("1/2567"), row("2/2567"), row("05/2567"), row("๑-๒๕๖๗")]
    (folder / "good.csv").write_bytes(table(*rows))
    assert run("init")[0] == 0
    assert run("declare", "catalogue.toml")[0] == 0
    assert run(*PUBLISH, "good.csv", "--mapping", "mapping.toml", "--accept-collisions")[0] == 0


def check_refused(answer: tuple[int, str, str], *words: str) -> None:
    code, output, errors = answer
    assert code == 2, output + errors
    for word in words:
        assert word in errors
