"""A copy of a whole register that stays up to date: loaded from its dumps once, then kept by its change feed.

    python examples/mirror.py https://license.example.go.th folder

Run it again, as often as you like: what is there is not fetched again. Needs rdflib, backports.zstd before Python 3.14, and
`vocab` and `verify` of this repository, which check that each manifest is signed by its publisher; the keys are those of
`trust.json` in the folder, taken from the register where there is none. The folder gets a file of N-Triples for each licence,
named by the SHA-256 of its IRI, and `state.json`.
"""

import hashlib
import json
import sys
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rdflib import DCTERMS, FOAF, Graph

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from verify.dataset import Manifest, read_manifest
from verify.trust import Trust, parse_trust

GONE, REFUSED = (404, 410), 400


class Mirror:
    """The copy in `folder` of the register at `base`."""

    def __init__(self, base: str, folder: Path) -> None:
        self.base = base.rstrip("/")
        self.folder = folder
        self.state = folder / "state.json"

    def update(self) -> int:
        """Brings the copy up to date. Returns the sequence of the last change that is in it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.state.exists():
            self._keep(self._load())
        cursor: int = json.loads(self.state.read_text())["cursor"]
        more = True
        while more:
            told = self._told(cursor)
            for license in self._changed(told["changes"]):
                self._fetch(license)
            # Only now: whoever is interrupted before it does the same again, which does no harm.
            cursor, more = told["cursor"], told["more"]
            self._keep(cursor)
        return cursor

    def _told(self, cursor: int) -> dict[str, Any]:
        """The changes after `cursor`."""
        try:
            told: dict[str, Any] = json.loads(self._get(f"{self.base}/api/v1/changes?after={cursor}"))
        except urllib.error.HTTPError as error:
            if error.code != REFUSED:
                raise
            # The register was restored from a backup: what it says now may be another thing under the same numbers.
            raise ValueError(f"empty the folder and begin anew: {json.load(error)['detail']}") from error
        return told

    def graph(self, license: str) -> Graph | None:
        """What the copy has of a licence, by its IRI."""
        path = self._path(license)
        return Graph().parse(path, format="nt") if path.exists() else None

    def licenses(self) -> set[str]:
        """The IRIs of all licences in the copy."""
        return {
            path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ") for path in self.folder.glob("*.nt")
        }

    def _load(self) -> int:
        """Loads all dumps. Returns the sequence after which the feed goes on for all of them."""
        catalog = Graph().parse(data=self._get(f"{self.base}/doc/nt/catalog"), format="nt")
        cursors = []
        for dataset in catalog.subjects(DCTERMS.subject):
            where = catalog.value(dataset, FOAF.isPrimaryTopicOf)
            if where is None:
                # Of what was not dumped yet the feed knows everything, from its beginning.
                cursors.append(0)
                continue
            manifest = self._manifest(str(dataset), str(where))
            cursors.append(manifest.cursor)
            self._split(zstd.decompress(self._whole(manifest)).decode())
        return min(cursors, default=0)

    def _manifest(self, dataset: str, address: str) -> Manifest:
        """The manifest of a dataset, whose publisher has signed it; else `verify.errors.VerificationError` says what is wrong."""
        manifest = read_manifest(self._get(address), self.base, self._trust(), datetime.now(UTC))
        if manifest.dataset != dataset:
            raise ValueError(f"the manifest is that of another dataset ({manifest.dataset}, expected {dataset})")
        return manifest

    def _trust(self) -> Trust:
        """The keys to check with: those that are kept, or what the register tells on the first visit."""
        kept = self.folder / "trust.json"
        if not kept.exists():
            kept.write_bytes(self._get(f"{self.base}/trust.json"))
        return parse_trust(kept.read_bytes())

    def _whole(self, manifest: Manifest) -> bytes:
        """The N-Triples of a dump, as the manifest says that they must be."""
        file = manifest.files["nt"]
        body = self._get(file.url)
        if len(body) != file.size or hashlib.sha256(body).hexdigest() != file.sha256:
            raise ValueError(f"the file is not the one that the manifest names ({file.url})")
        return body

    def _split(self, triples: str) -> None:
        """One file for each licence: what is said of it, and what the dump says of all that it names."""
        found: dict[str, list[str]] = defaultdict(list)
        shared: dict[str, list[str]] = defaultdict(list)
        for line in triples.splitlines():
            subject = line[1:].partition(">")[0].partition("#")[0]
            (found if subject.startswith(f"{self.base}/id/lic/") else shared)[subject].append(line)
        for license, lines in found.items():
            self._put(license, [*lines, *_reached(lines, shared)])

    def _changed(self, changes: list[dict[str, str]]) -> Iterator[str]:
        """The licences to be fetched, each once; those that are gone are removed."""
        last = {change["license"]: change["kind"] for change in changes}
        for license, kind in last.items():
            if kind == "delete":
                self._path(license).unlink(missing_ok=True)
            else:
                yield license

    def _fetch(self, license: str) -> None:
        document = license.replace("/id/lic/", "/doc/nt/lic/")
        try:
            self._put(license, self._get(document).decode().splitlines())
        except urllib.error.HTTPError as error:
            if error.code not in GONE:
                raise
            # Withdrawn since; its deletion is still to come.
            self._path(license).unlink(missing_ok=True)

    def _put(self, license: str, lines: list[str]) -> None:
        path = self._path(license)
        fresh = path.with_suffix(".new")
        fresh.write_text("\n".join([f"# {license}", *lines, ""]), encoding="utf-8")
        fresh.replace(path)

    def _keep(self, cursor: int) -> None:
        fresh = self.state.with_suffix(".new")
        fresh.write_text(json.dumps({"cursor": cursor}))
        fresh.replace(self.state)

    def _path(self, license: str) -> Path:
        return self.folder / f"{hashlib.sha256(license.encode()).hexdigest()}.nt"

    def _get(self, address: str) -> bytes:
        if not address.startswith(f"{self.base}/"):
            raise ValueError(f"this leads away from the register ({address})")
        with urllib.request.urlopen(address, timeout=60) as answer:
            body: bytes = answer.read()
            return body


def _reached(lines: list[str], shared: dict[str, list[str]]) -> list[str]:
    """What else the dump says of what these lines speak of: the authority, the type, the law."""
    found: list[str] = []
    waiting, seen = list(lines), set[str]()
    while waiting:
        line = waiting.pop()
        name = line.rpartition("<")[2].partition(">")[0] if line.endswith("> .") else ""
        if name in shared and name not in seen:
            seen.add(name)
            found += shared[name]
            waiting += shared[name]
    return found


def main(arguments: list[str]) -> int:
    """Brings a copy up to date and says what it has."""
    if len(arguments) != 2:
        print(__doc__)
        return 2
    mirror = Mirror(arguments[0], Path(arguments[1]))
    cursor = mirror.update()
    print(f"{len(mirror.licenses())} licences, up to change {cursor}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
