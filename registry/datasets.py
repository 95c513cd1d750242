"""The datasets of a register: what the last dump of each holds, and the catalogue (DCAT 3) of all of them."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from registry import urls
from registry.dumps.files import MANIFEST
from registry.store import Store
from registry.translation import marked as _
from registry.translation import translate
from vocab.authority import LicenseType, LicensingAuthority
from vocab.graph import Node
from vocab.license import LocalText
from vocab.open_data import Dataset, catalog_node, dataset_node, with_manifest

log = logging.getLogger(__name__)

NAME = _("Verifiable license registry")


@dataclass(frozen=True, slots=True)
class Dumps:
    """The folder of the dumps, and the licence for re-use under which the data is, as an IRI."""

    folder: Path
    data_license: str

    def manifest(self, authority: str, license_type: str) -> "Manifest | None":
        """The signed manifest of a dataset's last dump; None where there is none that can be used: the next dump puts one there.
        Codes are those of the register."""
        path = self.folder / authority / license_type / MANIFEST
        try:
            return Manifest.read(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            log.error("the manifest %s is none (%s): dump anew", path, error)
            return None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a dump says of itself: the bytes as they were signed, the dataset that they are about, and its files by their name."""

    body: bytes
    node: Node
    files: dict[str, Node]

    @classmethod
    def read(cls, body: bytes) -> "Manifest":
        """Raises ValueError, KeyError, TypeError or AttributeError for what is no manifest."""
        told: dict[str, Any] = orjson.loads(body)
        node = {name: value for name, value in told.items() if name not in {"@context", "proof"}}
        files = {str(each["downloadURL"]).rpartition("/")[2]: each for each in node["distribution"]}
        for each in files.values():
            int(each["byteSize"])
            bytes.fromhex(each["checksum"]["checksumValue"])
        datetime.fromisoformat(node["modified"])
        return cls(body, node, files)


@dataclass(frozen=True, slots=True)
class Listed:
    """A dataset as it is listed: its node, of its last dump or of what is known without one."""

    authority: LicensingAuthority
    license_type: LicenseType
    node: Node


def datasets(store: Store, dumps: Dumps) -> Iterator[Listed]:
    """A dataset for each mandate."""
    authorities = {each.code: each for each in store.authorities()}
    types = {each.code: each for each in store.license_types()}
    for mandate in store.mandates():
        authority, license_type = authorities[mandate.authority], types[mandate.type]
        manifest = dumps.manifest(authority.code, license_type.code)
        dataset = Dataset(authority=authority, license_type=license_type, data_license=dumps.data_license)
        node = dataset_node(dataset, store.base) if manifest is None else manifest.node
        yield Listed(authority, license_type, node)


def catalog(store: Store, dumps: Dumps) -> Node:
    """The catalogue of all datasets and of the change feed, as JSON-LD."""
    base = store.base
    return catalog_node(
        base,
        [_led_to_its_manifest(listed, base) for listed in datasets(store, dumps)],
        name=LocalText(th=translate("th", NAME), en=NAME),
        data_license=dumps.data_license,
        feed=base + urls.feed(),
        changes=base + urls.api_changes(),
        description=base + urls.openapi(),
    )


def _led_to_its_manifest(listed: Listed, base: str) -> Node:
    if "distribution" not in listed.node:
        return listed.node
    url = base + urls.data_file(listed.authority.code, listed.license_type.code, MANIFEST)
    return with_manifest(listed.node, url)
