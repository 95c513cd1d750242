"""The datasets of a register: what the last dump of each holds, and the catalogue (DCAT 3) of all of them."""

from collections.abc import Iterator
from dataclasses import dataclass
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
from vocab.open_data import Dataset, catalog_node, dataset_node

NAME = _("Verifiable license registry")


@dataclass(frozen=True, slots=True)
class Dumps:
    """The folder of the dumps, and the licence for re-use under which the data is, as an IRI."""

    folder: Path
    data_license: str

    def manifest(self, authority: str, license_type: str) -> bytes | None:
        """The signed manifest of a dataset's last dump; None where there was none. Codes are those of the register."""
        try:
            return (self.folder / authority / license_type / MANIFEST).read_bytes()
        except FileNotFoundError:
            return None


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
        node = dataset_node(dataset, store.base) if manifest is None else unsigned(orjson.loads(manifest))
        yield Listed(authority, license_type, node)


def unsigned(manifest: dict[str, Any]) -> Node:
    """The dataset that a manifest is about."""
    return {name: value for name, value in manifest.items() if name not in {"@context", "proof"}}


def catalog(store: Store, dumps: Dumps) -> Node:
    """The catalogue of all datasets and of the change feed, as JSON-LD."""
    base = store.base
    return catalog_node(
        base,
        [listed.node for listed in datasets(store, dumps)],
        name=LocalText(th=translate("th", NAME), en=NAME),
        data_license=dumps.data_license,
        feed=base + urls.feed(),
        changes=base + urls.api_changes(),
        description=base + urls.openapi(),
    )
