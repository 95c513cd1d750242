"""The web server: gunicorn with sync workers, and one process beside it that keeps the status lists fresh."""

import socket
import subprocess
import sys
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from registry.app import create_app
from registry.config import Settings

REFRESH_SECONDS = 60


class PortTaken(OSError):
    """Something else listens there already."""


class Server(BaseApplication):
    """gunicorn, configured in code. Each worker opens the register for itself: connections do not survive a fork."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": f"{self._settings.host}:{self._settings.port}",
            "workers": self._settings.workers,
            "loglevel": "warning",
            "limit_request_line": 4094,
            "timeout": 30,
            "proc_name": "license-registry",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:  # type: ignore[override] # the stubs do not know that a Flask is a WSGI application
        return create_app(self._settings)


def serve(settings: Settings) -> None:
    """Serves until stopped. Raises `PortTaken`."""
    require_free_port(settings)
    refresher = subprocess.Popen([sys.executable, "-m", "registry.cli", "refresh", "--every", str(REFRESH_SECONDS)])
    try:
        Server(settings).run()
    finally:
        refresher.terminate()
        refresher.wait()


def require_free_port(settings: Settings) -> None:
    """Raises `PortTaken` where the address cannot be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise PortTaken(
                f"port {settings.port} on {settings.host} cannot be used ({error.strerror}): choose another with PORT=..."
            ) from error
