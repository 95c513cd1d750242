"""Status lists that were found right once are not looked at again: a verification takes their bits as they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from verify.credential import Credential, StatusEntry
from verify.status import StatusList
from verify.trust import Issuer

MAX_LISTS = 256
MAX_LIST_BYTES = 1 << 17
"""A million bits. Longer lists are read each time; ours have 131,072."""


@dataclass(frozen=True, slots=True)
class _Checked:
    """A list whose signature is right, as long as `authority` has the keys that it had, until `until`."""

    found: StatusList
    authority: Issuer
    until: datetime


class CheckedLists:
    """The lists of authorities that were verified, by their bytes: a list that changes in one byte is another one.

    What can change without them is asked each time: the entry, the authority and its keys, and the instant.
    """

    def __init__(self) -> None:
        self._lists: dict[tuple[str, bytes], _Checked] = {}

    def get(self, raw: bytes, entry: StatusEntry, authority: Issuer, at: datetime) -> StatusList | None:
        """The list in `raw` if it is known as that of `entry`, signed by `authority` and current at `at`; otherwise None."""
        checked = self._lists.get((entry.purpose, raw))
        if (
            checked is None
            or checked.found.url != entry.list_url
            or not (checked.authority is authority or checked.authority == authority)
            or not checked.found.as_of <= at <= checked.until
        ):
            return None
        return checked.found

    def put(self, raw: bytes, found: StatusList, credential: Credential, authority: Issuer) -> None:
        """Keeps a list that was just verified as that of `authority`, if nothing but the time can make it wrong."""
        until = _until(credential, authority)
        if until is None or len(found.bits) > MAX_LIST_BYTES:
            return
        if len(self._lists) >= MAX_LISTS:
            self._lists.clear()
        self._lists[found.purpose, raw] = _Checked(found, authority, until)


def _until(credential: Credential, authority: Issuer) -> datetime | None:
    """Until when a list stays right by itself; None where that depends on more."""
    ends: Sequence[datetime | None] = (credential.valid_until, *(proof.expires for proof in credential.proofs))
    keys = [authority.keys.get(proof.verification_method) for proof in credential.proofs]
    if (
        credential.valid_from is None
        or credential.valid_until is None
        or any(proof.created is None for proof in credential.proofs)
        # Of what a revoked key signed the register is asked each time.
        or any(key is None or key.revoked is not None for key in keys)
    ):
        return None
    return min(end for end in ends if end is not None)
