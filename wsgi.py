"""The WSGI entry point, for any server: `gunicorn wsgi:app`."""

from registry.app import create_app
from registry.config import Settings

app = create_app(Settings.from_environ())
