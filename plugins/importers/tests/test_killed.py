"""An import that is killed at any moment leaves a sound community, and goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from plugins.importers.tests.archives import SITE, post, topic, write_lines

ROOT = Path(__file__).parents[3]
THREADS = 12
POSTS = 4

# Kills itself after so many statements (0: never), so that no test depends on time.
IMPORT = """
import json, os, signal, sys
import sqlalchemy as sa
from brain.app import create_app
from brain.base.db import db
from brain.cli import brain
from brain.discussion.counters import wrong_counters
from plugins.importers import heads, posts

heads.AT_ONCE, posts.POSTS_AT_ONCE = 4, 9
path, site, left = sys.argv[1], sys.argv[2], int(sys.argv[3])
app = create_app()

def count(*_said):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

with app.app_context():
    assert wrong_counters() == []
    engine = db.engine
sa.event.listen(engine, "after_cursor_execute", count)
words = ["import", "discourse", path, "--base-url", site, "--yes", "--processes", "1"]
done = app.test_cli_runner().invoke(brain, words, catch_exceptions=False)
assert done.exit_code == 0, done.output
tables = ("topic", "thread", "post", "thread_tag", "thread_event", "member", "importers_thread")
with app.app_context():
    assert wrong_counters() == []
    rows = {t: db.session.scalar(sa.text(f"SELECT count(*) FROM {t}")) for t in tables}
print(json.dumps(rows | {"statements": -left}))
"""


def in_a_process(var: Path, *command: str) -> subprocess.CompletedProcess[str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("BRAIN_")}
    environment = kept | {"BRAIN_VAR": str(var), "BRAIN_LOG_LEVEL": "WARNING"}
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Give an archive of some threads with posts and a note of what happened."""
    closing = post(POSTS + 1, post_type=3, action_code="closed.enabled", cooked="")
    threads = [
        topic(n, *(post(m, user_id=m, username=f"writer{m}") for m in range(1, POSTS + 1)), closing)
        for n in range(1, THREADS + 1)
    ]
    return write_lines(tmp_path / "topics.jsonl", *threads)


@pytest.fixture
def var(tmp_path: Path) -> Path:
    """Give a site of its own, with the plugin on."""
    for words in (["upgrade"], ["plugin", "enable", "importers"]):
        done = in_a_process(tmp_path / "var", "-m", "flask", "--app", "wsgi", "brain", *words)
        assert done.returncode == 0, done.stderr
    return tmp_path / "var"


@pytest.mark.slow
def test_import_that_is_killed_again_and_again_ends_the_same(archive: Path, var: Path) -> None:
    for statements in (12, 40, 70):
        done = in_a_process(var, "-c", IMPORT, str(archive), SITE, str(statements))
        assert done.returncode == -signal.SIGKILL, (statements, done.stdout, done.stderr)
    done = in_a_process(var, "-c", IMPORT, str(archive), SITE, "0")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found.pop("statements") > 0
    assert found == {
        "topic": 1,
        "thread": THREADS,
        "post": THREADS * POSTS,
        "thread_tag": THREADS,
        "thread_event": THREADS,
        "member": POSTS + 1,
        "importers_thread": THREADS,
    }
