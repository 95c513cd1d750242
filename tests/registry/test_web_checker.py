"""The checker's addresses: all that it needs is below one path, under a strict policy, and the service worker knows each file."""

import hashlib
import json
import re

import pytest
from flask.testing import FlaskClient

from registry.app import STATIC
from registry.web.checker import FILES, shell

IMPORT = re.compile(r"""(?:from|import\(?)\s*['"](\.[^'"]+)['"]|new URL\('(\.\.?/[^']+\.(?:js|wasm))'""")


def test_each_file_that_the_service_worker_keeps_is_served_as_it_was_announced(sqlite_client: FlaskClient) -> None:
    worker = sqlite_client.get("/checker/sw.js")
    assert worker.content_type.startswith("text/javascript")
    announced = json.loads(worker.text.partition("const SHELL = ")[2].partition(";\n")[0])
    assert announced == shell(STATIC)
    for address, sha256 in announced.items():
        answer = sqlite_client.get(f"/checker/{address}")
        assert answer.status_code == 200, address
        assert hashlib.sha256(answer.data).hexdigest() == sha256, address
        assert "no-cache" in answer.headers["Cache-Control"]


def test_what_a_file_imports_is_kept_too() -> None:
    for name in FILES:
        if name.endswith(".js"):
            folder = (STATIC / name).parent
            for match in IMPORT.finditer((STATIC / name).read_text(encoding="utf-8")):
                wanted = (folder / (match[1] or match[2])).resolve()
                assert wanted.relative_to(STATIC.resolve()).as_posix() in FILES, (name, wanted)


def test_no_more_of_the_static_folder_is_below_it(sqlite_client: FlaskClient) -> None:
    for path in (
        "app/",
        "app/checker/sw.js",
        "app/checker/index.html",
        "app/../../wsgi.py",
        "app/vendor/fonts/Sarabun-Bold.ttf",
    ):
        assert sqlite_client.get(f"/checker/{path}").status_code == 404, path
    moved = sqlite_client.get("/checker")
    assert (moved.status_code, moved.headers["Location"]) == (308, "/checker/")


@pytest.mark.parametrize("path", ["", "sw.js", "app/scanner/worker.js", "app/checker/app.js"])
def test_the_policy_lets_nobody_else_in(sqlite_client: FlaskClient, path: str) -> None:
    policy = sqlite_client.get(f"/checker/{path}").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'")
    assert not re.search(r"https?:|\*|unsafe-inline|'unsafe-eval'", policy)


def test_the_page_has_nothing_inline_and_nothing_of_others(sqlite_client: FlaskClient) -> None:
    page = sqlite_client.get("/checker/").text
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", page)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_the_manifest_names_icons_of_the_size_that_it_says(sqlite_client: FlaskClient) -> None:
    answer = sqlite_client.get("/checker/manifest.webmanifest")
    assert answer.content_type == "application/manifest+json"
    manifest = json.loads(answer.data)
    assert (manifest["display"], manifest["start_url"], manifest["scope"]) == ("standalone", "./", "./")
    assert {each.get("purpose", "any") for each in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        raw = sqlite_client.get(f"/checker/{icon['src']}").data
        size = [int.from_bytes(raw[at : at + 4], "big") for at in (16, 20)]
        assert raw.startswith(b"\x89PNG")
        assert icon["sizes"] == f"{size[0]}x{size[1]}"
