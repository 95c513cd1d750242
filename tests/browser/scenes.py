"""What a camera sees: codes on paper, seen from a little aside, not quite in focus; and films that Chromium takes for one."""

import io
from collections.abc import Iterable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

from issuers.qr import matrix

FRAME = (1280, 720)
PIXELS_A_MODULE = 5
"""A code of 69 modules is a little over half as high as the frame: what a phone at 50 cm of a printed code sees."""
QUIET = 4


def paper(text: str, pixels: int = PIXELS_A_MODULE) -> Image.Image:
    """The code with its quiet zone, black on white."""
    rows = matrix(text)
    side = (len(rows) + 2 * QUIET) * pixels
    image = Image.new("L", (side, side), 255)
    draw = ImageDraw.Draw(image)
    for y, row in enumerate(rows):
        for x, is_dark in enumerate(row):
            if is_dark:
                left, top = (x + QUIET) * pixels, (y + QUIET) * pixels
                draw.rectangle((left, top, left + pixels - 1, top + pixels - 1), fill=20)
    return image


def seen(text: str, *, angle: float = 4, blur: float = 1, size: tuple[int, int] = FRAME) -> Image.Image:
    """The frame of a camera that looks at the code."""
    code = paper(text).rotate(angle, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=235)
    frame = Image.new("L", size, 200)
    frame.paste(code, ((size[0] - code.width) // 2, (size[1] - code.height) // 2))
    return frame.filter(ImageFilter.GaussianBlur(blur)).convert("RGB")


def jpeg(image: Image.Image) -> bytes:
    """The picture as a camera sends it."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def write_mjpeg(file: Path, frames: Iterable[Image.Image]) -> Path:
    """A film that Chromium takes for its camera (`--use-file-for-fake-video-capture`); it begins again at its end."""
    file.write_bytes(b"".join(jpeg(each) for each in frames))
    return file


def camera_arguments(film: Path) -> tuple[str, ...]:
    """What makes Chromium take a film for its camera, without asking anybody."""
    return (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
