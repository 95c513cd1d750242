"""`license-registry dump` as it is typed."""

from pathlib import Path

import orjson

from registry.dumps.files import alone
from tests.registry.commands import Run, check_refused
from tests.registry.small import FOOD, OFFICE, TOWN


def test_all_of_it_goes_to_the_folder_of_the_settings(ready: Run, tmp_path: Path) -> None:
    code, output, _ = ready("dump")
    assert code == 0
    assert f"{TOWN} {FOOD}: 4 licences" in output
    assert f"Dumped to {tmp_path / 'home' / 'data'}: 4 datasets, up to change 4" in output
    manifest = orjson.loads((tmp_path / "home" / "data" / TOWN / FOOD / "manifest.json").read_bytes())
    assert (manifest["entities"], manifest["license"]) == ("4", "https://creativecommons.org/licenses/by/4.0/")
    assert (tmp_path / "home" / "data" / "feed" / "lic" / "index.jsonld").exists()


def test_a_part_goes_where_it_is_told(ready: Run, tmp_path: Path) -> None:
    code, output, _ = ready(
        "dump", "-o", str(tmp_path / "here"), "--authority", TOWN, "--type", FOOD, "--processes", "1"
    )
    assert (code, output.splitlines()[-1]) == (0, f"Dumped to {tmp_path / 'here'}: 1 datasets, up to change 4")
    assert [path.parent.name for path in (tmp_path / "here").glob("*/*/manifest.json")] == [FOOD]
    assert not (tmp_path / "here" / OFFICE).exists()


def test_what_cannot_be_dumped_is_said(ready: Run, tmp_path: Path) -> None:
    check_refused(ready("dump", "--authority", "x-none"), "no authority 'x-none'")
    check_refused(ready("dump", "--type", "none"), "no license type 'none'")
    with alone(tmp_path / "home" / "data"):
        check_refused(ready("dump"), "another dump is being written")
