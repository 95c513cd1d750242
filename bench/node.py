"""Where Node.js is."""

import os
import shutil
import sys
from pathlib import Path


def find_node() -> str:
    """The Node.js of the virtual environment, else the machine's. Raises FileNotFoundError."""
    found = shutil.which("node", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if found is None:
        raise FileNotFoundError("node is not on PATH (`make node_modules` installs it)")
    return found
