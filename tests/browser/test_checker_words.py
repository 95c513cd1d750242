"""Every text of the checker is there in both languages, and every text that it asks for is there."""

import json
import re
from pathlib import Path

import pytest

from tests.peers.javascript import run
from verify import errors

CHECKER = Path(__file__).resolve().parents[2] / "static" / "checker"
THAI = re.compile(r"[\u0e01-\u0e5b]")
SHOW = "import {WORDS} from '%s'; console.log(JSON.stringify(WORDS));"
OURS = {"other"}
"""The name of the other language, in that language."""


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    script = tmp_path_factory.mktemp("words") / "show.mjs"
    script.write_text(SHOW % (CHECKER / "words.js"), encoding="utf-8")
    found: dict[str, list[str]] = json.loads(run(script))
    return found


def test_each_text_is_there_twice_and_has_the_same_places(words: dict[str, list[str]]) -> None:
    for name, texts in words.items():
        thai, english = texts
        if name not in OURS:
            assert THAI.search(thai), name
            assert english.strip(), name
            assert not THAI.search(english), name
        assert sorted(re.findall(r"\{\w+\}", thai)) == sorted(re.findall(r"\{\w+\}", english)), name


def test_each_text_that_is_asked_for_is_there(words: dict[str, list[str]]) -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in map(CHECKER.joinpath, ("app.js", "telling.js", "day.js", "verdict.js"))
    )
    asked = set(re.findall(r"(?:say|text|title|tell|button|fact|problem)\('([\w-]+)'", code))
    asked |= set(re.findall(r"data-word=\"(\w+)\"", (CHECKER / "index.html").read_text(encoding="utf-8")))
    asked |= set(re.findall(r"word: '([\w-]+)'", code))
    assert len(asked) > 60
    assert sorted(asked - words.keys()) == []


def test_each_reason_that_a_code_can_be_refused_for_has_its_words(words: dict[str, list[str]]) -> None:
    code = (CHECKER / "compact.js").read_text(encoding="utf-8") + (CHECKER / "scanned.js").read_text(encoding="utf-8")
    reasons = set(re.findall(r"(?:Refused\(|\? )'([a-z-]+)'", code)) | {"malformed-compact", "unknown-method"}
    reasons -= {"unknown-issuer", "unknown"}
    standings = set(re.findall(r"\[\['(?:yes|no|unknown)', '([a-z-]+)'\]", code))
    assert {"invalid-signature", "not-issued", "key-unknown", "display-over"} <= reasons
    assert {
        "active",
        "expired",
        "pending",
        "withdrawn",
        "suspended",
        "was-suspended",
        "status-unavailable",
        "expiry-not-stated",
    } == standings
    for name in (
        reasons
        | standings
        | {
            *("foreign", "misleading", "notAsPrinted", "ownPage", "number", "notCode"),
            *("activeStale", "packExpired", "clockWrong"),
        }
    ):
        assert name in words, name
        assert f"{name}Means" in words, name
    for error in (
        errors.PackAltered,
        errors.PackExpired,
        errors.PackMalformed,
        errors.PackOfAnotherKey,
        errors.PackOlder,
    ):
        assert error.code in words
