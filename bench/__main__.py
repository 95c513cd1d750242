"""`make bench` measures everything in one run: bench/latest.json and the table in docs/speed.md.

`python -m bench scale [SIZE...]` measures lists of several sizes: bench/scale.json and the tables in docs/scale.md.
`python -m bench catalogue [SIZE...]` measures what a register of a million is asked: the same file and page.
`python -m bench page` measures how soon the public pages can be used on a slow phone, in a browser.

Light to import, since each process that is started imports it, and its memory is measured.
"""

import os
import sys


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(arguments: list[str]) -> None:
    match arguments:
        case []:
            from bench import report  # noqa: PLC0415
            from bench.run import run  # noqa: PLC0415

            figures = run(int(os.environ.get("SIZE", "100000")), say)
            report.write(figures)
            print(report.table(figures))
        case ["scale", *sizes]:
            from bench import scale  # noqa: PLC0415
            from bench.run import machine  # noqa: PLC0415

            figures = scale.run([int(size.replace(",", "")) for size in sizes] or scale.SIZES, machine(), say)
            print(scale.table(figures))
        case ["catalogue", *sizes]:
            from bench import scale  # noqa: PLC0415
            from bench.run import machine  # noqa: PLC0415

            found = [int(size.replace(",", "")) for size in sizes] or [1_000_000]
            print(scale.table(scale.run_catalogue(found, machine(), say)))
        case ["page"]:
            # Not before it is needed: it drives a browser.
            from bench import page  # noqa: PLC0415

            print(page.table(page.run(say)))
        case _:
            raise SystemExit(
                "python -m bench, python -m bench scale [SIZE...], python -m bench catalogue [SIZE...], or python -m bench page"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
