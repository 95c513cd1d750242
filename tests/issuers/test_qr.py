"""The code that is scanned: its address, and that a reader gets that address back from every form of it."""

import io
import re
import xml.etree.ElementTree as ET

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from issuers.compact import fitted, sealed_code
from issuers.qr import CHECK_ID, QUIET_ZONE, Correction, check_id, fits, matrix, png, qr_address, svg, terminal
from tests.builders import BASE
from tests.codes import code, code_signer, compact
from verify.compact import ADDRESS_LINES, LICENSEES, PREMISES, from_digits, size

bits = st.integers(0, 2**128 - 1)
ADDRESS = qr_address(BASE, check_id(0xFEDCBA9876543210_0123456789ABCDEF))
ADDRESSES = [
    ADDRESS,
    qr_address("https://a.th", check_id(0)),
    qr_address("http://localhost:8000", check_id(2**128 - 1)),
]
addresses = pytest.mark.parametrize("address", ADDRESSES)


def scanned(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image)]


@given(bits)
def test_a_check_id_has_26_characters_that_can_be_read_aloud(random_bits: int) -> None:
    found = check_id(random_bits)
    assert CHECK_ID.fullmatch(found)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{26}", found)


@given(bits, bits)
def test_two_numbers_never_share_a_check_id(one: int, other: int) -> None:
    assert (check_id(one) == check_id(other)) == (one == other)


@given(bits)
def test_a_check_id_keeps_all_128_bits(random_bits: int) -> None:
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    number = 0
    for character in check_id(random_bits):
        number = number * 32 + alphabet.index(character)
    assert number == random_bits


@given(bits)
def test_an_address_is_alphanumeric_and_means_the_same_in_lower_case(random_bits: int) -> None:
    address = qr_address(BASE, check_id(random_bits))
    assert re.fullmatch(r"[0-9A-Z $%*+\-./:]+", address)
    assert address == f"HTTPS://ID.TEST.EXAMPLE/C/{check_id(random_bits)}"


@pytest.mark.parametrize(
    "base", ["https://ตัวอย่าง.ไทย", "https://a.th/_", "https://a.th?x", "https://a.th#", "https://a~b.th"]
)
def test_an_address_that_is_not_alphanumeric_is_refused(base: str) -> None:
    with pytest.raises(ValueError, match="address"):
        qr_address(base, check_id(1))


def test_the_code_is_small() -> None:
    # Version 4 has 33 modules a side, and holds 90 alphanumeric characters at level M.
    assert len(ADDRESS) <= 90
    assert len(matrix(ADDRESS)) <= 33


@addresses
def test_a_reader_gets_the_address_from_the_png(address: str) -> None:
    for module_pixels in (3, 12):
        image = Image.open(io.BytesIO(png(address, module_pixels=module_pixels)))
        assert image.width == (len(matrix(address)) + 2 * QUIET_ZONE) * module_pixels
        assert scanned(image) == [address]


RUN = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")


def drawn(address: str) -> tuple[int, list[list[bool]]]:
    """The side of the SVG with its quiet zone, and its modules as a renderer would fill them."""
    root = ET.fromstring(svg(address))  # our own output
    size = int(root.attrib["viewBox"].split()[2])
    background, path = (child.attrib["d"] for child in root)
    assert background == f"M0 0h{size}v{size}H0z"
    runs = [tuple(map(int, found)) for found in RUN.findall(path)]
    assert RUN.sub("", path) == ""
    grid = [[False] * size for _ in range(size)]
    for x, y, width, back in runs:
        assert width == back
        for column in range(x, x + width):
            grid[y][column] = True
    return size, grid


@addresses
def test_a_reader_gets_the_address_from_the_svg(address: str) -> None:
    size, grid = drawn(address)
    image = Image.new("L", (size * 6, size * 6), 255)
    draw = ImageDraw.Draw(image)
    for y, row in enumerate(grid):
        for x, dark in enumerate(row):
            if dark:
                draw.rectangle((x * 6, y * 6, x * 6 + 5, y * 6 + 5), fill=0)
    assert scanned(image) == [address]


@addresses
def test_the_svg_has_the_modules_and_a_quiet_zone(address: str) -> None:
    size, grid = drawn(address)
    rows = matrix(address)
    assert size == len(rows) + 2 * QUIET_ZONE
    inner = [row[QUIET_ZONE:-QUIET_ZONE] for row in grid[QUIET_ZONE:-QUIET_ZONE]]
    assert inner == rows
    assert sum(map(sum, grid)) == sum(map(sum, rows))


@addresses
def test_the_terminal_shows_the_modules_and_a_light_border(address: str) -> None:
    rows = matrix(address)
    width = len(rows) + 4
    light: list[list[bool]] = []
    for line in terminal(address).splitlines():
        assert len(line) == width
        light.append([character in "█▀" for character in line])
        light.append([character in "█▄" for character in line])
    assert len(light) >= width
    for y, row in enumerate(light):
        for x, is_light in enumerate(row):
            inside = 2 <= y < 2 + len(rows) and 2 <= x < 2 + len(rows)
            assert is_light is not (inside and rows[y - 2][x - 2])


# Codes that hold what is signed

WHOLE = code()


@pytest.mark.parametrize("level", Correction)
def test_a_reader_gets_address_and_digits_from_every_form(level: Correction) -> None:
    image = Image.open(io.BytesIO(png(WHOLE, level, module_pixels=4)))
    assert scanned(image) == [WHOLE]
    assert image.width == (len(matrix(WHOLE, level)) + 2 * QUIET_ZONE) * 4
    assert svg(WHOLE, level) != svg(WHOLE, Correction.M if level is Correction.Q else Correction.Q)


def version(text: str, level: Correction = Correction.M) -> int:
    return (len(matrix(text, level)) - 17) // 4


def test_the_size_is_what_was_measured() -> None:
    """The number, a name of 42 characters and an address of 86 of them, with all dates: version 13, which takes 283 bytes."""
    said = compact(licensees="", premises="ก" * 42, address="ข" * 86)
    text = code(said, check_id=check_id(7))
    assert size(said) == len(from_digits(text.partition("#")[2]))
    assert size(said) <= 283
    assert version(text) == 13


@pytest.mark.parametrize("base", [BASE, "http://localhost:8000", "https://" + "a" * 60 + ".example.go.th"])
def test_what_fits_is_what_has_version_15(base: str) -> None:
    address = qr_address(base, check_id(0))
    most = max(digits for digits in range(500, 1_200) if fits(address, digits))
    assert version(f"{address}#{'7' * most}") == 15
    assert version(f"{address}#{'7' * (most + 1)}") == 16


def test_as_few_texts_as_possible_are_left_out() -> None:
    long = "ก" * 250
    for said, left in (
        (compact(), set()),
        (compact(address=long), {ADDRESS_LINES}),
        (compact(address="ข", premises=long), {PREMISES}),
        (compact(address="ข", premises="ค", licensees=long), {LICENSEES}),
        (compact(address=long, premises=long), {ADDRESS_LINES, PREMISES}),
        (compact(address=long, premises="ค", licensees=long), {ADDRESS_LINES, LICENSEES}),
        (compact(address="ข", premises=long, licensees=long), {PREMISES, LICENSEES}),
        (compact(address=long, premises=long, licensees=long), {ADDRESS_LINES, PREMISES, LICENSEES}),
        (compact(address="", premises="", licensees=long), {LICENSEES}),
    ):
        shown = fitted(said, BASE)
        assert shown is not None
        assert shown.left_out == left
        assert version(code(said)) <= 15
    assert fitted(compact(number="ก" * 300), BASE) is None
    assert sealed_code(compact(number="ก" * 300), BASE, check_id(0), code_signer()) == b""


@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, 400))
@settings(max_examples=60)
def test_no_code_is_larger_than_can_be_read(name: int, shop: int, address: int) -> None:
    said = compact(licensees="ก" * name, premises="ข" * shop, address="ค" * address)
    text = code(said)
    assert fits(*((parts := text.split("#"))[0], len(parts[1])))
    assert len(from_digits(parts[1])) <= 370
