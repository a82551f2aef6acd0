"""What an application knows by name: permissions, settings, subscribers, jobs.

It hangs on the application, not on the module, so that two applications in one
process (tests, a command beside a server) do not know what the other declared.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from flask import current_app

Thing = TypeVar("Thing")
EXTENSION = "brain.known"


class Known(Generic[Thing]):
    """The things of one kind that the running application knows."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def by_name(self) -> dict[str, Thing]:
        """Give all of them by name, in the order in which they were declared."""
        try:
            found: dict[str, Thing] = current_app.extensions[EXTENSION][self._kind]
        except KeyError:
            found = current_app.extensions.setdefault(EXTENSION, {}).setdefault(self._kind, {})
        return found
