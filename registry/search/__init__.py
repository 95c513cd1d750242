"""Finding licences: by number, address and name, and in lists that are narrowed step by step."""

from registry.search.exact import find_by_original, find_exact, find_withdrawn, readable
from registry.search.finding import Found, find_similar, search
from registry.search.listing import PAGE

__all__ = ["PAGE", "Found", "find_by_original", "find_exact", "find_similar", "find_withdrawn", "readable", "search"]
