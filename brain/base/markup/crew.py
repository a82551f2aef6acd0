"""Rendering very many texts at once: imports, or all posts for a new renderer.

The same processes as for requests, but as many as wanted, fed with lists:
while they render, the caller reads and writes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from brain.base.markup.pool import Pool
from brain.base.markup.renderer import Rendered, render_plain


class Crew:
    """So many rendering processes; use it in a `with`, which ends them."""

    def __init__(self, size: int) -> None:
        self.pool = Pool(size)
        self._askers = ThreadPoolExecutor(size, "rendering")

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._askers.shutdown(cancel_futures=True)
        self.pool.close()

    def render(self, sources: Sequence[str]) -> Future[list[Rendered]]:
        """Have texts rendered by one process; returns at once.

        A text that cannot be rendered is shown in plain paragraphs, as in a
        request, and keeps no other back.
        """
        return self._askers.submit(self._render, list(sources))

    def _render(self, sources: list[str]) -> list[Rendered]:
        rendered = self.pool.render_list(sources)
        if rendered is None:  # one of them ended its process: which, only each alone can tell
            rendered = [self.pool.render(source) or render_plain(source) for source in sources]
        return rendered
