"""How quickly the register of this environment is dumped, and with how much memory: `python -m bench.dumps [PROCESSES]`."""

import resource
import sys
import tempfile
import time
from pathlib import Path

from registry.cli.opening import opened
from registry.config import Settings
from registry.dumps.dump import Dumping, dump
from registry.intake.workers import several_workers


def main(processes: int) -> None:
    """Dumps into a folder that is removed again, and prints what it took."""
    register = opened()
    with tempfile.TemporaryDirectory() as folder, several_workers(processes) as workers:
        began = time.perf_counter()
        done = dump(Dumping(register, Path(folder), workers, Settings.from_environ().data_license))
        seconds = time.perf_counter() - began
    count = sum(each.count for each in done)
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    busy = sum(each.ru_utime + each.ru_stime for each in (own, others))
    print(f"{count:,} licences in {seconds:.1f} s: {count / seconds:,.0f} a second; {busy:.1f} s of processors")
    print(
        f"memory: {own.ru_maxrss >> 10} MB, and {others.ru_maxrss >> 10} MB in the largest of {processes} processes beside"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
