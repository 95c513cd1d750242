"""Every hostile shape: `SHAPES[name](size)` gives the document. `bench/` may measure them too."""

from tests.security import hostile_contexts, hostile_graphs, hostile_json_texts, hostile_secured
from tests.security.hostile_secured import bomb
from tests.security.shapes import DID, KEY, SHAPES, Shape, credential, dump

__all__ = ["DID", "FAMILIES", "KEY", "SHAPES", "Shape", "bomb", "credential", "dump"]

FAMILIES = (hostile_graphs, hostile_json_texts, hostile_contexts, hostile_secured)
"""Where they are made: importing a family puts its shapes into `SHAPES`."""
