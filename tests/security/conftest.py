"""The fixtures of the register and of the web application, for those tests that ask them."""

from tests.registry.conftest import clock, sqlite_client, sqlite_register, sqlite_template

__all__ = ["clock", "sqlite_client", "sqlite_register", "sqlite_template"]
