"""What a status column says: a word that everybody uses or that the mapping explains, often with a date inside."""

from dataclasses import dataclass
from datetime import date

from vocab.history import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a row says about its licence beside the face: where it stands, since when, until when, and why.

    `standing` is granted, suspended, revoked or surrendered. `on` is None where the file names no day.
    """

    standing: Standing
    on: date | None = None
    until: date | None = None
    reason: str = ""
