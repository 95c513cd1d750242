"""The command `license-registry`. Light to import: each process that it starts imports the file it was started from once more."""


def main() -> None:
    """Runs the command line. See `registry.cli.main` for the exit codes."""
    from registry.cli import main as run  # noqa: PLC0415 (not before it is needed, as said above)

    run()
