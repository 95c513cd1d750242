"""Publishing streams: a longer list takes hardly more memory."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import LONG
from tests.registry.attempts import ROOT
from tests.registry.small import make_small

SHORT, LONGER = (20_000, 200_000) if LONG else (1_000, 5_000)
HELD_BY_A_ROW = 3_000
"""Bytes: what one row takes while it goes through, when it is held as a licence, its acts and its credential, is several times as
much; its cells in the file and its place in a status list are far less."""
LIMIT = 512 << 20

PUBLISHING = """
import sys
from pathlib import Path
from registry.intake.undo import undo_batch
from tests.registry.intake.lists import issue
from tests.registry.small import open_small, row

url, size, *names = sys.argv[1:]
register = open_small(url, "memory")
for name in names:
    rows = (row(f"{number}/2567", premises=f"{name} {number}") for number in range(int(size)))
    report = issue(register, *rows)
    assert sum(report.counts.values()) == int(size), report
undo_batch(register, report.batch)
(most,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
print(int(most.split()[1]) * 1024)
"""
"""Publishes a list, publishes it again with each row changed, and takes that back; prints the most memory that it had.

Not `ru_maxrss`: that begins with what the process had that started this one.
"""


def test_memory_does_not_grow_with_the_list(tmp_path: Path) -> None:
    most = []
    for size in (SHORT, LONGER):
        folder = tmp_path / str(size)
        folder.mkdir()
        url = f"sqlite:///{folder / 'registry.db'}"
        make_small(url, folder)
        done = subprocess.run(
            [sys.executable, "-c", PUBLISHING, url, str(size), "ร้าน", "ตลาด"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        most.append(int(done.stdout))
    short, longer = most
    assert longer < LIMIT
    assert longer - short < (LONGER - SHORT) * HELD_BY_A_ROW
