"""`make bench`: measures everything in one run, prints the table, and writes it to bench/latest.json and docs/speed.md."""

import os
import sys

from bench import report
from bench.run import run


def main() -> None:
    size = int(os.environ.get("SIZE", "100000"))
    figures = run(size, say=lambda text: print(text, file=sys.stderr, flush=True))
    report.write(figures)
    print(report.table(figures))


if __name__ == "__main__":
    main()
