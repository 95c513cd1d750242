"""What re-users of the whole register read: pages of the change feed, datasets and their catalogue, as JSON-LD.

The terms are those of others: LDES and TREE for the feed, ActivityStreams for its members, DCAT 3 for the datasets. The context
of the feed stands in each page, so that it is read without asking anybody; that of datasets is pinned (`vocab.contexts`), since
manifests are signed. Every node has a name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vocab.authority import LicenseType, LicensingAuthority
from vocab.graph import Node, date_time
from vocab.license import LocalText
from vocab.resource import authority_iri, license_type_iri
from vocab.terms import CATALOGUE_CONTEXT_PATH, CREDENTIALS_V2, LIC, PREFIXES, data_context

AS = "https://www.w3.org/ns/activitystreams#"
TREE, LDES = "https://w3id.org/tree#", "https://w3id.org/ldes#"
SPDX = "http://spdx.org/rdf/terms#"
XSD = PREFIXES["xsd"]
MEDIA = "https://www.iana.org/assignments/media-types/"
_FREQUENCY = "http://publications.europa.eu/resource/authority/frequency/UPDATE_CONT"
_LANGUAGE = "http://publications.europa.eu/resource/authority/language/"
DATA_INTEGRITY = "https://www.w3.org/TR/vc-data-integrity/"
LDES_SPECIFICATION = "https://w3id.org/ldes/specification"


def _name(iri: str) -> dict[str, str]:
    return {"@id": iri, "@type": "@id"}


def _names(iri: str) -> dict[str, str]:
    return {"@id": iri, "@type": "@id", "@container": "@set"}


def _typed(iri: str, datatype: str) -> dict[str, str]:
    return {"@id": iri, "@type": XSD + datatype}


FEED_CONTEXT: dict[str, Any] = {
    "@version": 1.1,
    "id": "@id",
    "type": "@type",
    "EventStream": LDES + "EventStream",
    "Node": TREE + "Node",
    "GreaterThanOrEqualToRelation": TREE + "GreaterThanOrEqualToRelation",
    "Create": AS + "Create",
    "Update": AS + "Update",
    "Delete": AS + "Delete",
    "timestampPath": _name(LDES + "timestampPath"),
    "sequencePath": _name(LDES + "sequencePath"),
    "versionOfPath": _name(LDES + "versionOfPath"),
    "versionCreateObject": _name(LDES + "versionCreateObject"),
    "versionUpdateObject": _name(LDES + "versionUpdateObject"),
    "versionDeleteObject": _name(LDES + "versionDeleteObject"),
    "immutable": _typed(LDES + "immutable", "boolean"),
    "view": _name(TREE + "view"),
    "relation": _names(TREE + "relation"),
    "path": _name(TREE + "path"),
    "value": _typed(TREE + "value", "integer"),
    "node": _name(TREE + "node"),
    "member": _names(TREE + "member"),
    "published": _typed(AS + "published", "dateTime"),
    "object": _name(AS + "object"),
    "sequence": _typed(LIC + "sequence", "integer"),
    "status": _name(PREFIXES["adms"] + "status"),
    "recordStatus": _name(LIC + "recordStatus"),
    "digest": LIC + "credentialDigest",
}
"""Of the pages of the change feed."""


def manifest_context(base: str) -> list[str]:
    """That of a signed manifest: the W3C context defines its proof. A verifier takes this list and no other."""
    return [CREDENTIALS_V2, data_context(base)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpFile:
    """One file of a dump: `form` is csv, jsonl or nt; `sha256` is in hexadecimal, of the file as it is downloaded."""

    form: str
    media_type: str
    url: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """The licences that one authority granted of one type; what their last dump holds, where there was one."""

    authority: LicensingAuthority
    license_type: LicenseType
    data_license: str
    made_at: datetime | None = None
    cursor: int = 0
    count: int = 0
    files: tuple[DumpFile, ...] = ()


def catalog_iri(base: str) -> str:
    return f"{base}/id/catalog"


def dataset_iri(base: str, authority: str, license_type: str) -> str:
    return f"{catalog_iri(base)}#{authority}/{license_type}"


def dataset_node(dataset: Dataset, base: str) -> Node:
    """The dataset with its distributions (DCAT 3, 6.6 and 6.8). Numbers are texts, as they are signed."""
    iri = dataset_iri(base, dataset.authority.code, dataset.license_type.code)
    node: Node = {
        "id": iri,
        "type": "Dataset",
        "title": _title(dataset),
        "publisher": authority_iri(base, dataset.authority.code),
        "subject": [license_type_iri(base, dataset.license_type.code)],
        "license": dataset.data_license,
        "accrualPeriodicity": _FREQUENCY,
        "language": [_LANGUAGE + "THA", _LANGUAGE + "ENG"],
    }
    if dataset.made_at is None:
        return node
    made_at = date_time(dataset.made_at)
    return node | {
        "modified": made_at,
        "entities": str(dataset.count),
        "cursor": str(dataset.cursor),
        "distribution": [_distribution(file, iri, made_at, dataset.data_license) for file in dataset.files],
    }


def _title(dataset: Dataset) -> dict[str, str]:
    names = dataset.license_type.name, dataset.authority.name
    thai, english = (tuple(name.in_language(lang) for name in names) for lang in ("th", "en"))
    return {"th": f"{thai[0]} ของ{thai[1]}", "en": f"{english[0]}, {english[1]}"}


def _distribution(file: DumpFile, dataset: str, made_at: str, data_license: str) -> Node:
    iri = f"{dataset}/{file.form}"
    return {
        "id": iri,
        "type": "Distribution",
        "accessURL": file.url,
        "downloadURL": file.url,
        "contentType": MEDIA + file.media_type,
        "compressFormat": MEDIA + "application/zstd",
        "byteSize": str(file.size),
        "modified": made_at,
        "license": data_license,
        "checksum": {
            "id": f"{iri}/sha256",
            "type": "Checksum",
            "algorithm": SPDX + "checksumAlgorithm_sha256",
            "checksumValue": file.sha256,
        },
    }


def with_manifest(dataset: Node, url: str) -> Node:
    """A dataset of the catalogue that leads to its manifest, and says that this is signed."""
    return dataset | {"manifest": {"id": url, "type": "SignedManifest", "conformsTo": DATA_INTEGRITY}}


def catalog_node(
    base: str,
    datasets: Sequence[Node],
    *,
    name: LocalText,
    data_license: str,
    feed: str,
    changes: str,
    description: str,
) -> Node:
    """The catalogue (DCAT 3, 6.3) of `datasets` and of the change feed. `feed`, `changes`, `description`: where the feed, its
    plain form and the description of the service are."""
    iri = catalog_iri(base)
    stream = {
        "id": f"{iri}#changes",
        "type": "Dataset",
        "title": {"th": "การเปลี่ยนแปลงของใบอนุญาตทั้งหมด", "en": "Changes of all licences"},
        "publisher": f"{base}/",
        "license": data_license,
        "accrualPeriodicity": _FREQUENCY,
        "distribution": [
            {
                "id": f"{iri}#changes/ldes",
                "type": "Distribution",
                "accessURL": feed,
                "contentType": MEDIA + "application/ld+json",
                "license": data_license,
                "conformsTo": LDES_SPECIFICATION,
            }
        ],
    }
    service = {
        "id": f"{iri}#changes-api",
        "type": "DataService",
        "title": {"th": "การเปลี่ยนแปลงเป็น JSON", "en": "Changes as JSON"},
        "endpointURL": changes,
        "endpointDescription": description,
        "servesDataset": [stream["id"]],
    }
    return {
        "@context": [data_context(base), base + CATALOGUE_CONTEXT_PATH],
        "id": iri,
        "type": "Catalog",
        "title": {lang: name.in_language(lang) for lang in ("th", "en")},
        "publisher": {
            "id": f"{base}/",
            "type": "Agent",
            "agentName": {lang: name.in_language(lang) for lang in ("th", "en")},
        },
        "homepage": f"{base}/",
        "license": data_license,
        "language": [_LANGUAGE + "THA", _LANGUAGE + "ENG"],
        "dataset": [*datasets, stream],
        "service": [service],
    }
