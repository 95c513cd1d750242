"""The same licence in its authority's own register, from which ours was harvested: what is known of it, beside our record."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A licence there.

    `iri` is its own; what was proven of it: `credential` (its id), its `digest` (SHA-256, in hexadecimal) and when; all three are
    empty where nothing was yet. Where the two disagree, `reason` says why (a key of `registry.federation.words.REASONS`,
    with its `details`), `since` when; the record is stale then. `noted_at` is when any of this last became so.
    """

    iri: str
    noted_at: datetime
    credential: str = ""
    digest: str = ""
    proven_at: datetime | None = None
    reason: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    since: datetime | None = None

    def dump(self) -> str:
        """As it is stored."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, default=datetime.isoformat)


def original_in(text: str) -> Original | None:
    """What is stored of a licence's original; None where it has none elsewhere."""
    if not text:
        return None
    stored = json.loads(text)
    for name in ("noted_at", "proven_at", "since"):
        stored[name] = datetime.fromisoformat(stored[name]) if stored[name] else None
    return Original(**stored)
