"""The application boots, and says no politely."""

import pytest
import sqlalchemy as sa

from brain.app import create_app
from brain.base import clock, events
from brain.config import BadConfiguration, read_config


def test_unknown_setting_stops_the_boot_with_a_sentence(tmp_path):
    with pytest.raises(BadConfiguration, match="BRAIN_DATABSE_URL is not a setting"):
        read_config({"BRAIN_DATABSE_URL": "sqlite://"}, var=tmp_path)


def test_development_key_is_kept_and_refused_in_production(tmp_path):
    key = read_config({}, var=tmp_path).secret_key
    assert read_config({}, var=tmp_path).secret_key == key
    production = {
        "BRAIN_ENV": "production",
        "BRAIN_SECRET_KEY": key,
        "BRAIN_BASE_URL": "https://brain.example",
    }
    with pytest.raises(BadConfiguration, match="made for development"):
        read_config(production, var=tmp_path)


def test_production_without_a_key_is_refused(tmp_path):
    with pytest.raises(BadConfiguration, match="BRAIN_SECRET_KEY"):
        read_config({"BRAIN_ENV": "production"}, var=tmp_path)


def test_weak_key_is_refused_in_production(tmp_path):
    weak = {
        "BRAIN_ENV": "production",
        "BRAIN_SECRET_KEY": "changeme" * 5,
        "BRAIN_BASE_URL": "https://x.example",
    }
    with pytest.raises(BadConfiguration, match="BRAIN_SECRET_KEY"):
        read_config(weak, var=tmp_path)


@pytest.mark.parametrize(
    ("where", "address"),
    [
        ({}, "http://127.0.0.1:5000"),
        ({"BRAIN_PORT": "8124"}, "http://127.0.0.1:8124"),
        ({"BRAIN_HOST": "0.0.0.0", "BRAIN_PORT": "80"}, "http://127.0.0.1:80"),
        ({"BRAIN_HOST": "::1"}, "http://[::1]:5000"),
        ({"BRAIN_PORT": "8124", "BRAIN_BASE_URL": "http://brain.example"}, "http://brain.example"),
    ],
)
def test_links_lead_where_the_server_listens(tmp_path, where, address):
    assert read_config({"BRAIN_VAR": str(tmp_path)} | where).base_url == address


def test_secrets_are_not_in_the_words_of_a_configuration(tmp_path):
    config = read_config(
        {
            "BRAIN_SECRET_KEY": "s3cret" * 8,
            "BRAIN_MAIL_URL": "smtp://me:hush@mail",
            "BRAIN_VAR": str(tmp_path),
        }
    )
    assert "s3cret" not in repr(config)
    assert "hush" not in repr(config)


def test_wrong_numbers_are_refused(tmp_path):
    with pytest.raises(BadConfiguration, match="BRAIN_PORT must be a whole number"):
        read_config({"BRAIN_PORT": "high"}, var=tmp_path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("WORKERS", "0"),
        ("THREADS", "0"),
        ("PORT", "99999"),
        ("BASE_URL", ""),
        ("BASE_URL", "example.org"),
        ("BASE_URL", "https://example.org/forum"),
        ("REDIS_URL", "garbage"),
        ("DATABASE_URL", "garbage"),
        ("DATABASE_URL", "mysql://here/there"),
    ],
)
def test_odd_configuration_is_refused_in_a_sentence(tmp_path, name, text):
    with pytest.raises(BadConfiguration, match=f"BRAIN_{name}"):
        read_config({f"BRAIN_{name}": text}, var=tmp_path)


def test_level_of_the_log_may_be_small_letters(tmp_path):
    create_app(read_config({"BRAIN_LOG_LEVEL": "info", "BRAIN_SAFE_MODE": "1"}, env="test", var=tmp_path))


def test_empty_development_key_is_made_anew(tmp_path):
    (tmp_path / "development-secret-key").touch()
    key = read_config({}, var=tmp_path).secret_key
    assert len(key) == 64
    assert read_config({}, var=tmp_path).secret_key == key


@pytest.mark.parametrize("name", ["a?b", "a%20b", "a#b", "a b"])
def test_folder_of_any_name_has_its_own_database(tmp_path, name):
    config = read_config({}, var=tmp_path / name)
    assert sa.make_url(config.database_url).database == str(tmp_path / name / "brain.db")


def test_safe_mode_boots_without_any_plugin(tmp_path):
    app = create_app(read_config({"BRAIN_SAFE_MODE": "1"}, env="test", var=tmp_path))
    assert all(p.problem for p in app.extensions["brain"].plugins.values())


def test_second_application_leaves_the_first_as_it_was(app, tmp_path):
    events.subscribe(events.Subscriber("test.first", ("happened",), print))
    second = create_app(read_config({"BRAIN_SAFE_MODE": "1"}, env="test", var=tmp_path))
    assert events.subscriber_named("test.first") is not None
    with second.app_context():
        assert events.subscriber_named("test.first") is None
        assert events.subscriber_named("search.tend") is not None


def test_clock_can_be_set():
    with clock.at(clock.now()) as moment:
        assert clock.now() == moment
