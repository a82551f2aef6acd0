"""The entrance for web servers: `gunicorn wsgi:application`."""

from brain.app import create_app
from brain.config import BadConfiguration

try:
    application = create_app()
except BadConfiguration as problem:
    raise SystemExit(str(problem)) from None
