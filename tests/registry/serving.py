"""The service as its users have it: a process of its own."""

import subprocess
import urllib.request


def wait_for(process: "subprocess.Popen[bytes]", address: str) -> None:
    """Returns once the service answers. Raises AssertionError where it ends or stays silent."""
    for _attempt in range(300):
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=10).close()
        except OSError:
            # A pause that also notices a crash.
            try:
                process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            break
        else:
            return
    raise AssertionError("the server does not answer")
