"""Finding licences: by number, address and name, and in lists that are narrowed step by step."""

from registry.search.finding import Found, find_withdrawn, search

__all__ = ["Found", "find_withdrawn", "search"]
