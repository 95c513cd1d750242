"""The code on a holder's screen: signed by the authority's key for codes, for the minute in which it is shown."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from issuers.compact import draft_compact, require_sealed, sealed_code
from issuers.keys import KeyPurpose
from issuers.qr import qr_address
from registry.keyring import signer
from registry.poster.signs import GREEN
from registry.poster.standing import Standing, standing_of
from registry.record import LicenseRecord
from registry.register import Register
from verify.compact import to_digits

GOOD_FOR = timedelta(seconds=60)
SIGNED_EACH = timedelta(seconds=10)
"""A link gets no more than one new code in this time: what is asked for more often is given the same again."""
MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """What a phone shows: how the licence stands, and the code, with the end of its minute; nothing where it is not in force."""

    standing: Standing
    text: str = ""
    made: datetime | None = None
    until: datetime | None = None


class Displays:
    """The displays of one server process: the last code of each link is remembered for seconds, and none is stored."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: OrderedDict[tuple[int, str], Display] = OrderedDict()

    def of(self, register: Register, session: Session, record: LicenseRecord, link_id: int) -> Display:
        """What the device of a link shows now. Raises `issuers.signer.SigningUnavailable`.

        Signed only while the licence is proven genuine and in force, which is looked at each time.
        """
        standing = standing_of(register, session, record)
        credential = register.store(session).credential(record.version_sequence)
        if standing.colour != GREEN or credential is None:
            return Display(standing=standing)
        now, name = register.now(), (link_id, credential.id)
        with self._lock:
            last = self._last.get(name)
            if last is not None and last.made is not None and timedelta() <= now - last.made < SIGNED_EACH:
                return replace(last, standing=standing)
        status = credential.list_number, credential.list_index
        said = replace(draft_compact(standing.license, status=status, made=now), shown_until=now + GOOD_FOR)
        _, key = signer(register, session, record.license.iri.authority, KeyPurpose.QR)
        body = sealed_code(said, register.base, record.check_id, key)
        address = qr_address(register.base, record.check_id)
        if not body:
            # Its number alone is longer than any code: there is the address, and no minute.
            return Display(standing=standing, text=address)
        require_sealed(body, register.base, record.check_id, key)
        made = Display(standing=standing, text=f"{address}#{to_digits(body)}", made=now, until=now + GOOD_FOR)
        with self._lock:
            self._last[name] = made
            self._last.move_to_end(name)
            while len(self._last) > MOST:
                self._last.popitem(last=False)
        return made
