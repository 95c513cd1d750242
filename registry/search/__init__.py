"""Finding licences: by number, address and name, and in lists that are narrowed step by step."""

from registry.search.finding import PAGE, Found, find_exact, find_similar, find_withdrawn, readable, search

__all__ = ["PAGE", "Found", "find_exact", "find_similar", "find_withdrawn", "readable", "search"]
