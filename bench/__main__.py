"""`python -m bench`: measure pages and write a table.

Ratios are to a hello-world on the same server in the same run, by the server's
own processor time a request (shared machines are noisy, and so is a client
that shares the machine); rates and latencies stand beside them.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from dataclasses import asdict
from pathlib import Path

from bench.community import generate
from bench.pages import measure_everything, statements_by_page
from bench.report import write_report
from bench.server import Server, environment
from bench.shape import SIZES, Size
from brain.app import create_app
from brain.base import jobs, settings
from brain.base.access import HOUSE
from brain.base.unit import unit_of_work
from brain.cli import brain
from brain.config import ROOT, read_config
from brain.plugin import lifecycle, migrate


def main() -> int:
    """Read the arguments, prepare the community, measure, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=sorted(SIZES), default="small")
    parser.add_argument("--seconds", type=float, default=4.0, help="for each row of the table")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench")
    parser.add_argument("--only", default="", help="measure pages whose name holds this")
    parser.add_argument("--no-search", action="store_true", help="build no index (large takes very long)")
    given = parser.parse_args()
    size = SIZES[given.size]
    folder = given.folder / size.name
    prepare(size, folder, not given.no_search)
    with Server(folder) as server:
        rows = measure_everything(server, given.seconds, given.only)
    statements = statements_by_page(folder)
    written = write_report(folder, size.name, rows, statements)
    print(written.read_text("utf-8"))
    (folder / "result.json").write_text(json.dumps([asdict(row) for row in rows], indent=1))
    return 0


def prepare(size: Size, folder: Path, with_search: bool) -> None:
    """Generate the community, unless an earlier run left it whole."""
    ready = folder / "ready"
    if ready.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("brain.db*"):
        old.unlink()
    app = create_app(read_config(environment(folder)))
    with app.app_context():
        migrate.upgrade()
        for name, plugin in app.extensions["brain"].plugins.items():
            if not plugin.problem:
                lifecycle.enable_plugin(HOUSE, name)
        print(f"Generating {size.threads:,} threads and {size.posts:,} posts …", file=sys.stderr)
        generate(size)
        with unit_of_work():  # what is measured is the search, not its limit
            settings.change_setting(HOUSE, "search.visitor_searches", 10_000)
        jobs.run_until_idle(600)
    if with_search:
        print("Building the search index …", file=sys.stderr)
        with contextlib.suppress(SystemExit):
            app.test_cli_runner().invoke(brain, ["search", "rebuild"], catch_exceptions=False)
    ready.touch()


if __name__ == "__main__":
    sys.exit(main())
