"""Proving one licence of another register: what it was signed as, by whom, whether it is in force, and the row it becomes here.

Unknown means no: what cannot be proven is refused, with the step that failed.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from registry.federation.answers import ToldAct, ToldLicense, read_license
from registry.federation.table import cells_of
from registry.intake.keeping import storable
from registry.intake.plain import is_plain
from registry.intake.rows.text import is_control
from registry.intake.table import MAX_CELL_CHARACTERS
from verify.credential import Credential, parse_credential
from verify.errors import CouldNotCheck, VerificationError
from verify.trust import TrustData
from verify.verifier import verdict_of, verify_credential
from vocab.authority import FaceField, NumberingScheme
from vocab.face import Claim, read_face
from vocab.graph import Grantor
from vocab.history import ActKind, Status
from vocab.license import License

_T = TypeVar("_T")
_WITHDRAWN = frozenset({"withdrawn", Status.EXPIRED, Status.PENDING})
BORNE_OUT: Mapping[Status, frozenset[str]] = {
    Status.ACTIVE: frozenset({Status.ACTIVE}),
    Status.UNKNOWN: frozenset({"expiry-not-stated"}),
    Status.EXPIRED: frozenset({Status.EXPIRED}),
    Status.PENDING: frozenset({Status.PENDING, Status.ACTIVE, "expiry-not-stated"}),
    Status.SUSPENDED: frozenset({Status.SUSPENDED, Status.PENDING}),
    Status.REVOKED: _WITHDRAWN,
    Status.SURRENDERED: _WITHDRAWN,
    Status.SUPERSEDED: _WITHDRAWN,
}
"""By which answers of the signed credential and status lists a status that is told is borne out."""
DECISIONS = {
    ActKind.SUSPEND: "suspended",
    ActKind.REINSTATE: "granted",
    ActKind.REVOKE: "revoked",
    ActKind.SURRENDER: "surrendered",
}
"""What the status column of the list says after each act."""


class Refused(Exception):
    """A licence of another register could not be proven: at which `step`, and why in words for engineers."""

    def __init__(self, step: str, words: object) -> None:
        super().__init__(f"{step}: {words}")
        self.step, self.words = step, storable(str(words)[:500])


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A licence that its authority signed. `license` has the IRI that it has here; `lost` says what its row could not carry."""

    license: License
    credential: str
    digest: bytes
    cells: tuple[str, ...]
    status: Status
    lost: str
    told: ToldLicense


def prove(
    iri: str,
    named: bytes,
    credential: bytes,
    document: bytes,
    *,
    trust: TrustData,
    at: datetime,
    grantor: Grantor,
    scheme: NumberingScheme,
) -> Proven:
    """The licence `iri`, of which another register told that its credential has the SHA-256 `named`, from both its documents.

    `grantor` and `scheme` are those of this register. Raises `Refused`.
    """
    digest = hashlib.sha256(credential).digest()
    if digest != named:
        told = f"sha256:{named.hex()}" if named else "none"
        raise Refused("digest", f"the feed names another credential (got sha256:{digest.hex()}, expected {told})")
    found = _step("document", lambda: read_license(document))
    if found.iri != iri:
        raise Refused("document", f"this is another licence (got {found.iri[:200]}, expected {iri[:200]})")
    signed = _step("credential", lambda: parse_credential(credential))
    verified = _step("credential", lambda: verify_credential(signed, trust, at))
    if signed.subject.get("id") != iri or not signed.is_license:
        raise Refused("credential", f"it is about another licence (got {str(signed.subject.get('id'))[:200]})")
    in_force = verdict_of(verified, trust, at).in_force
    if in_force.code not in BORNE_OUT[found.status]:
        raise Refused("status", f"{found.status} is told, and what is signed says {in_force.code} ({in_force.detail})")
    face, dropped = _known_here(signed, trust.base, grantor)
    license = _step("face", lambda: read_face(Claim(face, "/credentialSubject"), grantor, scheme))
    decision, earlier = _decisions(found.acts)
    lost = [*dropped, *(["what no row of a list can say"] if not is_plain(license) else [])]
    if earlier:
        lost.append(f"{earlier} earlier decisions")
    if found.status is Status.SUPERSEDED:
        lost.append("that another licence took its place")
    cells = cells_of(license, grantor, *_standing(found.status, decision))
    if any(len(cell) > MAX_CELL_CHARACTERS or any(map(is_control, cell)) for cell in cells):
        # No list takes them, and one such licence would stop all others.
        raise Refused("face", "a text on it is too long, or has characters that cannot be printed")
    return Proven(
        license=license,
        credential=signed.id,
        digest=digest,
        cells=cells,
        status=found.status,
        lost="; ".join(lost),
        told=found,
    )


def _step(name: str, act: Callable[[], _T]) -> _T:
    try:
        return act()
    except (VerificationError, CouldNotCheck) as error:
        raise Refused(name, f"{error.code}: {error}") from error
    except ValueError as error:
        raise Refused(name, error) from error


def _known_here(signed: Credential, base: str, grantor: Grantor) -> tuple[dict[str, Any], list[str]]:
    """The face with the IRIs that its parts have here, without items that the type does not have here; and which these are."""
    face = dict(signed.subject)
    dropped = []
    if isinstance(face.get("renews"), str):
        face["renews"] = _here(face["renews"], base, grantor.base)
    if isinstance(face.get("premises"), list):
        face["premises"] = [_place(each, base, grantor.base) for each in face["premises"]]
    items = face.get("faceItem")
    if isinstance(items, list):
        known = {item.code for item in grantor.license_type.face if item.field is FaceField.PARTICULAR}
        kept = [each for each in items if isinstance(each, dict) and each.get("code") in known]
        dropped = [
            f"the item {str(each.get('code'))[:40]}" for each in items if isinstance(each, dict) and each not in kept
        ]
        face["faceItem"] = kept
    return face, dropped


def _place(node: object, base: str, here: str) -> object:
    if isinstance(node, dict) and isinstance(node.get("within"), list):
        return {**node, "within": [_here(each, base, here) for each in node["within"]]}
    return node


def _here(iri: object, base: str, here: str) -> object:
    return here + iri.removeprefix(base) if isinstance(iri, str) and iri.startswith(f"{base}/") else iri


def _decisions(acts: tuple[ToldAct, ...]) -> tuple[ToldAct | None, int]:
    """The decision that counts last, and how many came before it."""
    found = [act for act in acts if act.kind in DECISIONS]
    found.sort(key=lambda act: act.on or date.min)
    return (found[-1] if found else None), max(0, len(found) - 1)


def _standing(status: Status, decision: ToldAct | None) -> tuple[str, str, str]:
    """The status column of the list, the day and the reason."""
    if decision is None:
        # A status that no act explains is carried without a day, and the list's checks say so.
        return (status.value if status.value in DECISIONS.values() else "granted"), "", ""
    until = f" until {decision.until}" if decision.until and decision.kind is ActKind.SUSPEND else ""
    return DECISIONS[decision.kind] + until, str(decision.on or ""), decision.reason
