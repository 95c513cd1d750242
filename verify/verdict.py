"""The answer, in parts that are never merged: signature, issuer, in force, as of when, and what was not checked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from verify.credential import Credential
from vocab.graph import date_time


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a verdict: the answer, a stable code for the reason, and the detail for an engineer (English)."""

    answer: Answer
    code: str
    detail: str = ""

    def to_json(self) -> dict[str, str]:
        """The part for the API."""
        return {"answer": self.answer.value, "code": self.code, "detail": self.detail}


class ExitCode(IntEnum):
    """For shells. 0 is given only for what is genuine and in force."""

    GENUINE_AND_IN_FORCE = 0
    NOT = 1
    COULD_NOT_CHECK = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is known of a credential.

    `genuine`: signed by a key of an authority that may grant this type. It has two halves, told apart: `signature`, that a key of
    whoever it names as its issuer made it, and `issuer`, that this is an authority of the register (yes) or a stranger (no). What
    a stranger signed is not known to be genuine, however well its signature fits.
    `in_force`: by its dates and its status; its code is a status of the licence, or the reason why it is not known.
    `as_of`: how old the information on the status is (the oldest that was used), None where there is none.
    `checked_at`: when this verdict was made. `not_checked`: codes and details of what nobody should believe was checked.
    """

    genuine: Part
    signature: Part
    issuer: Part
    in_force: Part
    as_of: datetime | None
    checked_at: datetime
    not_checked: tuple[Part, ...]
    credential: Credential | None = None

    @property
    def exit_code(self) -> ExitCode:
        match self.genuine.answer, self.in_force.answer:
            case Answer.YES, Answer.YES:
                return ExitCode.GENUINE_AND_IN_FORCE
            case (Answer.NO, _) | (Answer.YES, Answer.NO):
                return ExitCode.NOT
            case _:
                return ExitCode.COULD_NOT_CHECK

    @property
    def verified(self) -> bool:
        """Signed by its issuer, whoever that is, and in force: what the VC API calls verified."""
        return self.signature.answer is Answer.YES and self.in_force.answer is Answer.YES

    def to_json(self) -> dict[str, Any]:
        """The verdict for the API, instants in UTC."""
        return {
            "genuine": self.genuine.to_json(),
            "signature": self.signature.to_json(),
            "issuer": self.issuer.to_json(),
            "inForce": self.in_force.to_json(),
            "asOf": date_time(self.as_of) if self.as_of else None,
            "checkedAt": date_time(self.checked_at),
            "notChecked": unchecked_to_json(self.not_checked),
        }


def unchecked_to_json(parts: Iterable[Part]) -> list[dict[str, str]]:
    """What was not checked, for the API: the answer is "unknown" to all of it."""
    return [{"code": part.code, "detail": part.detail} for part in parts]
