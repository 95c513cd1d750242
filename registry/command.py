"""The command `license-registry`. Light to import: each process that it starts imports the file it was started from once more."""

import os
import sys

NO_FOLDER = (
    "license-registry: โฟลเดอร์ที่คำสั่งนี้เริ่มทำงานไม่มีแล้ว โปรดเข้าโฟลเดอร์อื่นแล้วลองใหม่ · the folder in which it was started is no longer "
    "there: go to another one and try again"
)


def main() -> None:
    """Runs the command line. See `registry.cli.main` for the exit codes."""
    try:
        os.getcwd()
    except FileNotFoundError:
        # Libraries ask for it when they are imported.
        sys.exit(NO_FOLDER)

    from registry.cli import main as run  # noqa: PLC0415 (not before it is needed, as said above)

    run()
