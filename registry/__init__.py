"""Remembers and speaks HTTP: state, services, intake, pages, API and command line."""
