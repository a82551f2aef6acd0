"""Writers to SQLite line up, whoever they are, and nobody waits for the dead."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from brain.base import gate as gates
from brain.base.gate import Gate
from brain.base.jobs import JobTimedOut

HOLD = """
import sys, time
from pathlib import Path
from brain.base.gate import Gate
assert Gate(Path(sys.argv[1])).enter()
print("in", flush=True)
time.sleep(60)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "brain.db-gate"


@pytest.fixture
def other_process(path: Path):
    """Have another process inside the gate."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "in\n"
        yield process
        process.kill()


def test_threads_enter_one_at_a_time(path):
    gate, inside, most = Gate(path), [], []

    def write():
        for _ in range(20):
            assert gate.enter()
            inside.append(1)
            most.append(len(inside))
            inside.pop()
            gate.leave()

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(most) == 120
    assert max(most) == 1


def test_killed_process_lets_the_next_one_in(path, other_process):
    threading.Timer(0.2, other_process.send_signal, [signal.SIGKILL]).start()
    began = time.monotonic()
    assert Gate(path).enter()
    assert time.monotonic() - began >= 0.1


def test_who_waited_too_long_goes_on_without_a_turn(path, other_process, monkeypatch):
    monkeypatch.setattr(gates, "PATIENCE_SECONDS", 0.1)
    gate = Gate(path)
    assert not gate.enter()
    other_process.kill()
    other_process.wait()
    assert gate.enter()


def test_gate_that_cannot_be_made_stops_nobody(tmp_path):
    gate = Gate(tmp_path / "no" / "such" / "folder")
    assert not gate.enter()
    assert not gate.enter()


def test_waiter_whose_time_is_up_holds_nothing(tmp_path):
    ours, other = Gate(tmp_path / "gate"), Gate(tmp_path / "gate")
    assert other.enter()

    def ring(number, frame):
        raise JobTimedOut

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        with pytest.raises(JobTimedOut):
            ours.enter()
    finally:
        signal.signal(signal.SIGALRM, before)
    other.leave()
    assert ours.enter()
    ours.leave()
