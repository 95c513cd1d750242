"""The figures on section 13: each is what a look at the licences themselves gives, and leads to them."""

import csv
import html
import io
import re
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from registry.catalogue import declare, read_catalogue
from registry.faults import lacking_found
from registry.register import Register
from registry.search.listing import Wanted, listing
from registry.section13 import Display, Figures, Freshness, display_of, figures, sums
from tests.registry.small import ADVERT, BASE, FOOD, OFFICE, TODAY, TOWN, Clock, row, send
from vocab.authority import Frequency, GazetteAnnouncement
from vocab.license import LocalText

MONTHLY = """
[[mandate]]
authority = "lao-06480115"
type = "food-premises"
scheme = { pattern = '\\\\d+/25\\\\d{2}' }
frequency = "monthly"

[[mandate]]
authority = "x-office"
type = "food-premises"
frequency = "daily"
"""


def promise(register: Register, folder: Path) -> None:
    (folder / "promise.toml").write_text(MONTHLY, encoding="utf-8")
    declare(register, read_catalogue(folder / "promise.toml"))


def read(register: Register, authority: str = "") -> dict[tuple[str, str], Figures]:
    with register.database.reading() as session:
        store = register.store(session)
        found = figures(store, [store.require_authority(authority)] if authority else None)
    return {(each.authority.code, each.license_type.code): each for each in found}


def fill(register: Register) -> None:
    """Three licences, of which one lacks its last day, and one row that is rejected."""
    send(
        register, row("1/2567"), row("2/2567", expires_on=""), row("๓", aliases="3/2567"), row("4/2567", expires_on="x")
    )


def test_the_figures_of_a_type(register: Register) -> None:
    fill(register)
    found = read(register)
    assert set(found) == set(read(register, TOWN)) | set(read(register, OFFICE)) | set(read(register, "dep-0706"))
    food = found[TOWN, FOOD]
    assert (food.licenses, food.incomplete, food.display, food.freshness) == (
        *(3, 1, Display.NO_REFERENCE, Freshness.NOT_PROMISED),
    )
    assert food.received_at == register.now()
    assert food.last_list is not None
    assert food.last_list.found("blocks") == 1
    assert found[OFFICE, FOOD].last_list is None
    assert (found[OFFICE, FOOD].licenses, found[OFFICE, FOOD].received_at) == (0, None)
    # Nobody has said what stands on every one of these.
    assert found["dep-0706", "animal-clinic"].incomplete is None
    total = sums(found.values())
    assert (total.types, total.licenses, total.stated, total.incomplete) == (4, 3, 3, 1)
    assert total.findings["blocks"] == 1


def test_who_lists_the_faults_finds_what_the_figure_counts(register: Register) -> None:
    fill(register)
    assert list(lacking_found(register, OFFICE)) == []
    assert (
        len(list(lacking_found(register)))
        == len(list(lacking_found(register, TOWN)))
        == sums(read(register).values()).incomplete
        == 1
    )


def test_each_figure_is_that_of_the_list_to_which_it_leads(register: Register) -> None:
    fill(register)
    food = read(register)[TOWN, FOOD]
    with register.database.reading() as session:
        store = register.store(session)

        def numbers(wanted: Wanted) -> list[str]:
            return sorted(record.license.number for record in store.records(listing(store, wanted).ids))

        of = {"authorities": (TOWN,), "type": FOOD}
        assert len(numbers(Wanted(**of))) == food.licenses  # type: ignore[arg-type]
        assert numbers(Wanted(**of, is_incomplete=True)) == ["2/2567"]  # type: ignore[arg-type]
        assert numbers(Wanted(finding="blocks")) == []
        assert "๓" in numbers(Wanted(finding="warns"))
    # Repaired: nothing is found in the list that is now the last.
    send(register, row("1/2567"), row("2/2567"), row("4/2567"))
    food = read(register)[TOWN, FOOD]
    assert (food.licenses, food.incomplete) == (4, 0)
    assert food.last_list is not None
    assert food.last_list.found("blocks") == 0


def test_a_promise_is_kept_until_its_days_are_over(register: Register, clock: Clock, tmp_path: Path) -> None:
    promise(register, tmp_path)
    assert {each.freshness for each in read(register).values()} == {Freshness.LATE, Freshness.NOT_PROMISED}
    send(register, row("1/2567"))
    kept = read(register)[TOWN, FOOD]
    assert (kept.frequency, kept.freshness) == (Frequency.MONTHLY, Freshness.KEPT)
    clock.go_to(date(2026, 12, 22))
    assert read(register)[TOWN, FOOD].freshness is Freshness.KEPT
    clock.go_to(date(2026, 12, 23))
    assert read(register)[TOWN, FOOD].freshness is Freshness.LATE
    assert sums(read(register).values()).late == 2


@pytest.mark.parametrize(
    ("published_on", "in_force_from", "reference", "expected"),
    [
        (None, None, "", Display.NOT_GAZETTED),
        (None, date(2026, 1, 1), "เล่ม 1", Display.NOT_GAZETTED),
        (date(2026, 12, 1), date(2026, 12, 2), "เล่ม 1", Display.NOT_GAZETTED),
        (date(2026, 1, 1), None, "เล่ม 1", Display.DAY_UNKNOWN),
        (date(2026, 1, 1), date(2026, 11, 22), "เล่ม 1", Display.NOT_YET),
        (date(2026, 1, 1), date(2026, 11, 21), "เล่ม 1", Display.IN_FORCE),
        (date(2026, 1, 1), date(2026, 11, 21), "", Display.NO_REFERENCE),
        (date(2026, 1, 1), None, "", Display.NO_REFERENCE),
    ],
)
def test_display_may_be_relied_on_only_when_it_is_gazetted_and_in_force(
    published_on: date | None, in_force_from: date | None, reference: str, expected: Display
) -> None:
    announcement = GazetteAnnouncement(
        code="a",
        title=LocalText(th="ก"),
        types=(FOOD,),
        gazette_ref=reference,
        published_on=published_on,
        in_force_from=in_force_from,
    )
    assert display_of(announcement, TODAY) is expected


def table_of(client: FlaskClient, path: str) -> list[dict[str, str]]:
    answer = client.get(path)
    assert (answer.status_code, answer.content_type) == (200, "text/csv; charset=utf-8")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_the_table_has_a_line_for_each_type(client: FlaskClient, register: Register, tmp_path: Path) -> None:
    fill(register)
    promise(register, tmp_path)
    every = table_of(client, "/section-13.csv")
    assert [(line["authority"], line["type"]) for line in every] == sorted(read(register))
    food, advert = (
        next(line for line in table_of(client, f"/section-13/{TOWN}.csv") if line["type"] == code)
        for code in (FOOD, ADVERT)
    )
    assert (food["licenses"], food["incomplete"], food["promised"], food["freshness"]) == ("3", "1", "monthly", "kept")
    assert food["incomplete_url"] == f"{BASE}/search?authority={TOWN}&type={FOOD}&incomplete=1"
    assert (food["display"], food["gazetted_on"], food["blocks"]) == ("reference-missing", "2024-02-01", "1")
    assert (advert["licenses"], advert["last_list"], advert["display"]) == ("0", "", "not-announced")


def test_no_cell_of_the_table_is_run_as_a_formula(
    sqlite_client: FlaskClient, sqlite_register: Register, tmp_path: Path
) -> None:
    (tmp_path / "evil.toml").write_text(
        '[[authority]]\ncode = "x-evil"\nlevel = "local"\nname = { th = "=1+1", en = "@SUM(1)" }\n'
        f'[[mandate]]\nauthority = "x-evil"\ntype = "{FOOD}"\n',
        encoding="utf-8",
    )
    declare(sqlite_register, read_catalogue(tmp_path / "evil.toml"))
    [line] = table_of(sqlite_client, "/section-13/x-evil.csv")
    assert (line["authority_th"], line["authority_en"]) == ("'=1+1", "'@SUM(1)")


@pytest.mark.parametrize("lang", ["th", "en"])
def test_the_pages_lead_to_each_other_and_to_the_licences(
    client: FlaskClient, register: Register, tmp_path: Path, lang: str
) -> None:
    fill(register)
    promise(register, tmp_path)
    suffix = "" if lang == "th" else "?lang=en"
    overview = client.get(f"/section-13{suffix}").text
    assert f'href="/section-13/{TOWN}{suffix}"' in overview
    assert re.search(r'href="/search\?incomplete=1[^"]*">1</a>', overview)
    assert ("red 1, yellow" if lang == "en" else "สีแดง 1 สีเหลือง") in overview
    page = client.get(f"/section-13/{TOWN}{suffix}").text
    for wanted in ("", "&amp;incomplete=1", "&amp;finding=blocks", "&amp;finding=warns"):
        assert f'href="/search?authority={TOWN}&amp;type={FOOD}{wanted}' in page
    assert f'href="/section-13/{TOWN}.csv"' in page
    assert ("Findings are counted here" if lang == "en" else "นับจำนวนข้อที่พบ") in page
    figures_led = re.search(r'<dl class="figures four">(.*?)</dl>', overview, re.DOTALL)
    assert figures_led is not None
    assert figures_led[1].count("<a href=") == 4


def test_other_codes_of_an_authority_lead_to_its_own(client: FlaskClient) -> None:
    for path in ("/section-13/lao-05480115", "/section-13/lao-05480115.csv"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (308, path.replace("lao-05480115", TOWN))
    assert client.get("/section-13/x-none").status_code == 404
    assert client.get("/section-13/x-none.csv").status_code == 404


def test_authorities_come_in_pages(sqlite_client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.web.section13.PAGE", 2)
    first = sqlite_client.get("/section-13").text
    assert 'href="/section-13?after=lao-06480115"' in first
    last = sqlite_client.get("/section-13?after=lao-06480115").text
    assert "/section-13/x-office" in last
    assert "after=x-office" not in last


def test_what_a_figure_leads_to_shows_as_many_licences(client: FlaskClient, register: Register) -> None:
    fill(register)
    page = client.get(f"/section-13/{TOWN}").text
    paths = {html.unescape(path) for path in re.findall(r'href="(/search\?[^"]*)"', page)}
    shown = {path: client.get(path).text.count('<li class="card">') for path in paths}
    of = f"/search?authority={TOWN}&type={FOOD}"
    warned = shown.pop(f"{of}&finding=warns")
    assert 1 <= warned <= 3
    assert {path: count for path, count in shown.items() if "informs" not in path} == {
        of: 3,
        f"{of}&incomplete=1": 1,
        f"{of}&finding=blocks": 0,
    }
