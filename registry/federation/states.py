"""The states of a licence of another register, on its way here."""

from enum import StrEnum

LOOP, ELSEWHERE, STALE_THERE = "loop", "elsewhere", "stale-there"


class State(StrEnum):
    """`LISTED`: told of, and still to be proven; `NOT_OWN`: that register has it from another, or from us (step `loop`)."""

    LISTED = "listed"
    PROVEN = "proven"
    REFUSED = "refused"
    GONE = "gone"
    NOT_OWN = "not-own"
