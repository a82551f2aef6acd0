"""The entrance for web servers: `gunicorn wsgi:application`."""

from brain.app import create_app

application = create_app()
