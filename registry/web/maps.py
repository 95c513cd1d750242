"""Where a reader finds a place on a map that others run: an address to follow, from which nothing is loaded here."""

import re
from urllib.parse import urlencode

from vocab.license import Premises

HOST = "https://www.openstreetmap.org"
_DEGREES = re.compile(r"-?\d{1,3}(?:\.\d{1,10})?", re.ASCII)


def map_address(premises: Premises, address: str) -> str:
    """The map at the premises' coordinates or, where the authority gave none, what a search for its `address` finds; empty for a
    place without both."""
    if _DEGREES.fullmatch(premises.latitude) and _DEGREES.fullmatch(premises.longitude):
        latitude, longitude = premises.latitude, premises.longitude
        return f"{HOST}/?{urlencode({'mlat': latitude, 'mlon': longitude})}#map=18/{latitude}/{longitude}"
    return f"{HOST}/search?{urlencode({'query': address})}" if address else ""
