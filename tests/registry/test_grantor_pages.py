"""The pages of authorities and types: what they grant, how fresh it is, with which keys, and how numbers look."""

from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from issuers.keys import Algorithm, KeyPurpose
from registry.catalogue import declare, read_catalogue
from registry.keyring import activate_key, keys_of, new_key
from registry.register import Register
from registry.web.grantors import numbers_of
from tests.registry.small import ADVERT, CLINIC, FOOD, OFFICE, TOWN, Clock, row, send
from vocab.authority import NumberingScheme, Scope

DAILY = f"""
[[mandate]]
authority = "{TOWN}"
type = "{FOOD}"
frequency = "daily"
"""


def page(client: FlaskClient, path: str, lang: str = "en") -> str:
    answer = client.get(f"{path}?lang={lang}")
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def test_an_authority_shows_each_type_with_its_licences_and_its_freshness(
    client: FlaskClient, register: Register, clock: Clock, tmp_path: Path
) -> None:
    (tmp_path / "daily.toml").write_text(DAILY, encoding="utf-8")
    declare(register, read_catalogue(tmp_path / "daily.toml"))
    send(register, row("1/2567"), row("2/2567"))
    shown = page(client, f"/doc/html/auth/{TOWN}")
    assert f'<a href="/search?authority={TOWN}&amp;lang=en">2 licences</a>' in shown
    assert f'<a href="/search?authority={TOWN}&amp;type={FOOD}&amp;lang=en">2 licences</a>' in shown
    assert f'<a class="standalone" href="/doc/html/type/{ADVERT}?lang=en">' in shown
    assert "The authority has promised no frequency." in shown
    assert "On time · promised every day" in shown
    assert f'href="/section-13/{TOWN}?lang=en"' in shown
    clock.go_to(date(2026, 11, 23))
    assert '<strong class="late">Late</strong> · promised every day' in page(client, f"/doc/html/auth/{TOWN}")


def test_an_authority_shows_its_keys_and_from_when_until_when_they_signed(
    client: FlaskClient, register: Register, clock: Clock
) -> None:
    [first] = [key for key in keys_of(register, OFFICE) if key.purpose is KeyPurpose.CREDENTIAL]
    clock.go_to(date(2026, 11, 25))
    second = new_key(register, OFFICE, KeyPurpose.CREDENTIAL, Algorithm.ED25519)
    shown = page(client, f"/doc/html/auth/{OFFICE}")
    assert "Key: not used yet" in shown
    assert second.public_multibase in shown
    activate_key(register, OFFICE, second.public_multibase)
    shown = page(client, f"/doc/html/auth/{OFFICE}")
    retired = shown[: shown.index(first.public_multibase)].rpartition("<dt>")[2]
    assert retired.startswith("Key: not used any more; what it signed holds")
    times = shown[shown.index(first.public_multibase) :].partition("</div>")[0]
    assert "· until <time" in times
    assert "25 Nov 2026" in times


def test_a_type_shows_who_grants_it_and_how_they_number_it(client: FlaskClient, register: Register) -> None:
    send(register, row("1/2567"))
    shown = page(client, f"/doc/html/type/{FOOD}")
    assert f'<a href="/search?type={FOOD}&amp;lang=en">1 licence</a>' in shown
    assert f'<a href="/search?authority={TOWN}&amp;type={FOOD}&amp;lang=en">1 licence</a>' in shown
    assert "Numbers like N/25NN" in shown
    assert "N stands for digits." in shown
    assert "How its numbers look is not stated." in shown
    adverts = page(client, f"/doc/html/type/{ADVERT}")
    assert "they start again each year" in adverts
    assert "N stands for digits." not in page(client, f"/doc/html/type/{CLINIC}")


@pytest.mark.parametrize(
    ("pattern", "look", "is_plain"),
    [
        (r"\d+/25\d{2}", "N/25NN", True),
        (r"(0[1-9]-)?\d{3}", r"(0[1-9]-)?NNN", False),
        ("", "", False),
        (r"[กข]\d", r"[กข]\d", False),
    ],
)
def test_the_look_of_numbers_is_told_from_a_pattern(pattern: str, look: str, is_plain: bool) -> None:
    found = numbers_of(NumberingScheme(pattern=pattern, scope=frozenset({Scope.NUMBER})))
    assert (found.is_plain, found.has_years) == (is_plain, False)
    assert found.look == (look if is_plain else pattern)
