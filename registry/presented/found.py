"""What the process that opens pictures and PDFs answers, and how much it may take. Imported on both sides."""

MAX_FILE_BYTES = 12 << 20
"""Of a picture or PDF. A phone's photo has 2 to 8 MB."""
MAX_PIXELS = 50_000_000
MAX_PAGES = 5
"""Of a PDF, from its first one on."""
MOST_FOUND = 10
"""So many codes and credentials are told."""
MAX_CREDENTIAL_BYTES = 1 << 20
MAX_ANSWER_BYTES = 16 << 20
"""Of all that is answered: the process cannot write more, whatever became of it."""
PHOTO_SIDE = 1_600
"""Pixels of the longer side of a photo that is kept."""


class Unreadable(ValueError):
    """A picture or PDF from which nothing can be read. `reason` is one of a few words, for `registry.web.wording`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
