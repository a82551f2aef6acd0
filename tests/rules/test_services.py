"""The servers that tests lean on are real, shared, and gone when the run is."""

from __future__ import annotations

import os
import smtplib
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest
from redis import Redis
from sqlalchemy import create_engine, text

from tests import services
from tests.services.postgresql import postgresql_answers, wheel_folders
from tests.services.redis import wheel_programs

KILLED_RUN = """
import os, signal
from tests import services
services.start_services()
print(os.environ["BRAIN_TEST_POSTGRESQL_URL"], os.environ["BRAIN_TEST_REDIS_URL"], flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", autouse=True)
def _started() -> Iterator[None]:
    already = services.url_name("postgresql") in os.environ
    services.start_services()
    yield
    if not already:
        services.stop_services()


@pytest.fixture(scope="module")
def postgresql_url() -> str:
    return services.needed("postgresql")


@pytest.fixture(scope="module")
def redis_url() -> str:
    return services.needed("redis")


def test_postgresql_answers_a_query(postgresql_url: str) -> None:
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        assert connection.execute(text("select 1")).scalar_one() == 1
        assert connection.execute(text("show fsync")).scalar_one() == "off"
        assert connection.execute(text("show listen_addresses")).scalar_one() == "127.0.0.1"
    engine.dispose()


def test_redis_answers_a_ping(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        assert client.ping()


def test_second_start_reuses_the_running_servers(postgresql_url: str, redis_url: str) -> None:
    services.start_services()
    assert services.needed("postgresql") == postgresql_url
    assert services.needed("redis") == redis_url


def test_each_worker_has_a_database_of_its_own(postgresql_url: str) -> None:
    mine = f"rules_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    first = services.fresh_database(postgresql_url, f"{mine}_1")
    second = services.fresh_database(postgresql_url, f"{mine}_2")
    with psycopg.connect(first.replace("+psycopg", "")) as connection:
        connection.execute("create table kept (id int)")
    with psycopg.connect(second.replace("+psycopg", "")) as connection:
        assert connection.execute("select to_regclass('kept')").fetchone() == (None,)
    again = services.fresh_database(postgresql_url, f"{mine}_1")
    with psycopg.connect(again.replace("+psycopg", "")) as connection:
        assert connection.execute("select to_regclass('kept')").fetchone() == (None,)


def test_each_worker_has_a_numbered_redis_of_its_own(redis_url: str) -> None:
    with Redis.from_url(services.worker_redis(redis_url, 40)) as mine:
        mine.set("rules", "1")
        with Redis.from_url(services.worker_redis(redis_url, 41)) as other:
            assert other.get("rules") is None
        mine.flushdb()


def test_postgresql_from_the_wheel_runs() -> None:
    folders = wheel_folders()
    if not folders:
        services.absent("the PostgreSQL wheel is not installed")
    with services.postgresql(folders[0]) as url:
        assert postgresql_answers(url)


def test_redis_from_the_wheel_runs() -> None:
    programs = wheel_programs()
    if not programs:
        services.absent("no wheel with a Redis server is installed")
    with services.redis(programs[0]) as url, Redis.from_url(url) as client:
        assert client.ping()


def test_killed_run_leaves_no_server_and_no_folder() -> None:
    # PostgreSQL may run as another account, which pytest's own tmp_path keeps out
    with tempfile.TemporaryDirectory(prefix="brain-rules-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        _kill_a_run_in(folder)


def _kill_a_run_in(folder: Path) -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("BRAIN_TEST_")}
    environment = bare | {"TMPDIR": str(folder), "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-c", KILLED_RUN], env=environment, capture_output=True, text=True, check=False
    )
    ports = [int(url.rsplit(":", 1)[1].split("/")[0]) for url in run.stdout.split()]
    assert len(ports) == 2, run.stderr
    assert _within_seconds(10, lambda: not list(folder.glob("brain-*")))
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))


def test_missing_server_skips_or_fails_as_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(services.url_name("redis"))
    monkeypatch.setenv("BRAIN_TEST_NO_SKIP", "0")
    with pytest.raises(pytest.skip.Exception):
        services.needed("redis")
    monkeypatch.setenv("BRAIN_TEST_NO_SKIP", "1")
    with pytest.raises(pytest.fail.Exception):
        services.needed("redis")


def test_mail_arrives_over_starttls_after_signing_in() -> None:
    with services.smtp_sink("starttls", account=("brain", "secret")) as sink:
        with smtplib.SMTP(sink.host, sink.port) as client:
            client.starttls(context=ssl.create_default_context(cafile=sink.authority))
            client.login("brain", "secret")
            client.send_message(_mail())
        (received,) = sink.received
    assert received.is_encrypted
    assert received.is_signed_in
    assert received.recipients == ["amina@example.org"]
    assert received.message["Subject"] == "Une réponse"
    assert received.message.get_content().strip() == "مرحبا"


def test_mail_arrives_over_tls_from_the_start() -> None:
    with services.smtp_sink("tls") as sink:
        trust = ssl.create_default_context(cafile=sink.authority)
        with smtplib.SMTP_SSL(sink.host, sink.port, context=trust) as client:
            client.send_message(_mail())
        assert [received.is_encrypted for received in sink.received] == [True]


def test_mail_server_refuses_a_wrong_password_and_a_plain_line() -> None:
    with services.smtp_sink("starttls", account=("brain", "secret")) as sink:
        with smtplib.SMTP(sink.host, sink.port) as client, pytest.raises(smtplib.SMTPException):
            client.send_message(_mail())
        with smtplib.SMTP(sink.host, sink.port) as client:
            client.starttls(context=ssl.create_default_context(cafile=sink.authority))
            with pytest.raises(smtplib.SMTPAuthenticationError):
                client.login("brain", "wrong")
        assert sink.received == []


def test_mail_server_refuses_when_told_to() -> None:
    with services.smtp_sink() as sink:
        sink.refusal = "451 Try later"
        with smtplib.SMTP(sink.host, sink.port) as client, pytest.raises(smtplib.SMTPDataError):
            client.send_message(_mail())
        assert sink.received == []


def _mail() -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "brain@example.org", "amina@example.org", "Une réponse"
    mail.set_content("مرحبا")
    return mail


def _within_seconds(limit: float, holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + limit
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
