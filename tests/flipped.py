"""100 codes, and each bit of each turned round: none may verify, and all implementations say the same of each."""

from collections.abc import Iterator
from functools import cache

from issuers.qr import check_id
from tests.builders import NOW, make_license
from tests.codes import code, compact
from tests.vectors import codes
from verify.compact import from_digits, to_digits
from verify.scanned import examine_code

NAMES = ("ร้านอาหารตามสั่ง", "Noodles & Co.", "ก๊วยเตี๋ยว 🎵", "曼谷餐厅", "โรงแรม “ริมโขง”")
CODES = [
    code(
        compact(make_license(f"{n}/2567"), premises=NAMES[n % 5], licensees="ก" * (n % 7)),
        check_id=check_id(n << 60 | 1),
    )
    for n in range(100)
]


def flipped(scanned: str) -> Iterator[str]:
    """The code with each bit of its bytes turned round, from the first to the last."""
    address, _, digits = scanned.partition("#")
    raw = from_digits(digits)
    for bit in range(8 * len(raw)):
        changed = bytearray(raw)
        changed[bit // 8] ^= 0x80 >> bit % 8
        yield f"{address}#{to_digits(bytes(changed))}"


@cache
def reasons() -> tuple[tuple[str, ...], ...]:
    """What is answered to each of them: the answer and its reason, by code and bit."""
    trusted = codes.known()
    return tuple(
        tuple(
            f"{part.answer.value} {part.code}"
            for part in (examine_code(each, trusted, NOW).genuine for each in flipped(one))
        )
        for one in CODES
    )
