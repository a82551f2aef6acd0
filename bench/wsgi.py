"""The server that is measured: the community, and beside it a hello-world."""

from __future__ import annotations

from typing import Any

from flask import Flask

from brain.app import create_app

hello = Flask("hello")


@hello.get("/hello-world")
def say_hello() -> str:
    """Answer what every framework's benchmark answers."""
    return "Hello, World!"


_community = create_app()
_hello = hello.wsgi_app


def application(environ: dict[str, Any], start_response: Any) -> Any:
    """Answer /hello-world by itself and everything else by the community."""
    if environ["PATH_INFO"] == "/hello-world":
        return _hello(environ, start_response)
    return _community(environ, start_response)
