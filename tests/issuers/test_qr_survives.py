"""Codes survive what happens to prints and cameras: tilt, blur, noise and stains, at the 2.5 pixels a module that a reader needs.

What comes back must be the code itself, to the last digit: a reader that fails says so, and one that misreads would be worse.
"""

import io
from random import Random

import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter

from issuers.qr import Correction, check_id, png
from tests.builders import make_license
from tests.codes import code, compact
from vocab.license import LocalText, Organization

SAMPLES = 100
PIXELS = 2.5
"""Of a module in the picture that is read (the design page: 70 mm at 50 cm with 1080 lines)."""
DRAWN = 6
PAPER, INK = 235, 40


def codes(level: Correction) -> list[Image.Image]:
    return [Image.open(io.BytesIO(png(text, level, module_pixels=DRAWN))).convert("L") for text in TEXTS]


# As large as ours are: a number, a Thai name of 42 characters, an address of 86.
TEXTS = [
    code(
        compact(
            make_license(f"{n}/2567"), licensees="", premises=("ร้านอาหาร" * 5)[:42], address=("ตำบลในเมือง " * 8)[:86]
        ),
        check_id=check_id(n << 70 | n),
    )
    for n in range(10)
]


def photographed(picture: Image.Image, random: Random, *, pixels: float, stains: int) -> Image.Image:
    """The code as a camera has it: on paper, stained, tilted and turned, small, out of focus, in bad light."""
    side = picture.width
    margin = side // 4
    canvas = Image.new("L", (side + 2 * margin, side + 2 * margin), PAPER)
    canvas.paste(picture.point(lambda value: PAPER if value else INK), (margin, margin))
    draw = ImageDraw.Draw(canvas)
    for _ in range(stains):
        radius = side * random.uniform(0.008, 0.02)
        x, y = (random.uniform(margin + side * 0.25, margin + side * 0.75) for _ in range(2))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=random.choice((60, 200)))
    width = canvas.width
    lean = [random.uniform(-0.06, 0.06) * width for _ in range(8)]
    corners = (0, 0, 0, width, width, width, width, 0)
    moved = tuple(corner + by for corner, by in zip(corners, lean, strict=True))
    canvas = canvas.transform(
        canvas.size, Image.Transform.QUAD, moved, resample=Image.Resampling.BICUBIC, fillcolor=PAPER
    )
    canvas = canvas.rotate(random.uniform(-12, 12), resample=Image.Resampling.BICUBIC, fillcolor=PAPER)
    small = round(width * pixels / DRAWN)
    canvas = canvas.resize((small, small), Image.Resampling.BOX)
    canvas = canvas.filter(ImageFilter.GaussianBlur(random.uniform(0.2, 0.6)))
    noise = Image.effect_noise(canvas.size, random.uniform(10, 24))
    return Image.blend(canvas, noise, 0.12)


@pytest.mark.parametrize("level", Correction)
def test_at_least_99_of_100_are_read(level: Correction) -> None:
    random = Random(20261121)
    pictures = codes(level)
    read = wrong = 0
    for n in range(SAMPLES):
        picture = photographed(pictures[n % len(pictures)], random, pixels=PIXELS, stains=n % 4)
        found = [each.text for each in zxingcpp.read_barcodes(picture)]
        read += found == [TEXTS[n % len(TEXTS)]]
        wrong += bool(found) and found != [TEXTS[n % len(TEXTS)]]
    assert (wrong, read >= 99) == (0, True), f"{read} of {SAMPLES} were read"


def test_half_the_pixels_are_too_few_and_nothing_is_misread() -> None:
    """So the figure means something: the pictures are as bad as they look."""
    random = Random(20261122)
    pictures = codes(Correction.M)
    found = [
        (zxingcpp.read_barcodes(photographed(pictures[n % 10], random, pixels=PIXELS / 2, stains=n % 4)), TEXTS[n % 10])
        for n in range(20)
    ]
    assert sum(bool(read) for read, _ in found) < 10
    assert all(read[0].text == text for read, text in found if read)


def test_the_largest_code_is_read_too() -> None:
    names = (Organization(name=LocalText(th="บริษัท " + "ก" * 150)),)
    text = code(compact(make_license("1/2567"), licensees=names[0].name.th))
    picture = Image.open(io.BytesIO(png(text, module_pixels=DRAWN))).convert("L")
    random = Random(20261123)
    read = [bool(zxingcpp.read_barcodes(photographed(picture, random, pixels=PIXELS, stains=n % 4))) for n in range(20)]
    assert sum(read) >= 19
