"""Commands: `flask brain …`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import AppGroup, ScriptInfo, with_appcontext

from brain.base import jobs
from brain.base.access import HOUSE
from brain.base.errors import Refusal, Unfit
from brain.config import ROOT, Config
from brain.demo.cli import demo, load_if_empty
from brain.plugin import lifecycle, migrate, registry
from brain.plugin.reference import reference
from brain.plugin.scaffold import BadName, make_plugin


class BrainGroup(AppGroup):
    """Our commands and those that slices and plugins contribute."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the core's commands and those of enabled slices and plugins."""
        return sorted({*super().list_commands(ctx), *self._contributed(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find a command: ours first."""
        return super().get_command(ctx, cmd_name) or self._contributed(ctx).get(cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Say a refusal as a sentence, not as a traceback."""
        try:
            return super().invoke(ctx)
        except Unfit as refusal:
            raise click.ClickException(" ".join(map(str, refusal.problems.values()))) from refusal
        except Refusal as refusal:
            raise click.ClickException(str(refusal)) from refusal

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; that of a plugin answers only while the plugin is on."""
        name, command, rest = super().resolve_command(ctx, args)
        app = ctx.ensure_object(ScriptInfo).load_app()
        for plugin in app.extensions["brain"].plugins.values():
            if command in plugin.contribution.commands and "--help" not in rest:
                with app.app_context():
                    self._check_is_on(plugin.name)
        return name, command, rest

    def _check_is_on(self, name: str) -> None:
        try:
            is_on = registry.is_enabled(name)
        except sa.exc.SQLAlchemyError as error:
            raise click.ClickException("Make the tables first: flask brain upgrade") from error
        if not is_on:
            raise click.ClickException(f"Switch the plugin on first: flask brain plugin enable {name}")

    def _contributed(self, ctx: click.Context) -> dict[str, click.Command]:
        app = ctx.ensure_object(ScriptInfo).load_app()
        here: registry.Register = app.extensions["brain"]
        # what a slice of the core declares comes last, and so cannot be taken by a plugin
        parts = [*(p.contribution for p in here.plugins.values()), *here.slices.values()]
        return {command.name or "": command for part in parts for command in part.commands}


@click.group("brain", cls=BrainGroup)
def brain() -> None:
    """Run and look after the community."""


brain.add_command(demo)


@brain.command("upgrade")
@with_appcontext
def upgrade() -> None:
    """Bring the tables of the core and of enabled plugins up to date."""
    if _bring_up_to_date():
        raise click.ClickException("Some plugins were switched off; the site goes on without them.")


def _bring_up_to_date() -> bool:
    """Upgrade all tables; tells whether a plugin had to be switched off. The core must succeed."""
    migrate.upgrade()
    wrong = lifecycle.upgrade_enabled()
    for name, problem in wrong.items():
        click.echo(f"{name} cannot be brought up to date and is switched off: {problem}", err=True)
    return bool(wrong)


@brain.command("revise")
@click.argument("message")
@click.option("--plugin", default="", help="Write it for a plugin instead of the core.")
@with_appcontext
def revise(message: str, plugin: str) -> None:
    """Write a migration from the difference between tables and models."""
    owner = plugin or migrate.CORE
    migrate.revise(owner, lifecycle.plugin_named(plugin).folder if plugin else None, message)


@brain.command("check-migrations")
@with_appcontext
def check_migrations() -> None:
    """Compare tables and models of the core and each plugin; fails on a difference."""
    migrate.upgrade()
    owners: list[tuple[str, Any]] = [(migrate.CORE, None)]
    owners += [(p.name, p.folder) for p in registry.register().plugins.values() if not p.problem]
    wrong = 0
    for name, folder in owners:
        migrate.upgrade(name, folder)
        for difference in migrate.differences(name):
            click.echo(f"{name}: {difference}", err=True)
            wrong += 1
    for table in migrate.tables_of_nobody(lifecycle.absent_plugins(HOUSE)):
        click.echo(f"{table}: no model declares this table", err=True)
        wrong += 1
    if wrong:
        raise click.ClickException(f"{wrong} differences between tables and models")
    click.echo(f"tables and models agree: {', '.join(name for name, _folder in owners)}")


@brain.command("work")
@with_appcontext
def work() -> None:
    """Deliver the outbox and run jobs, until stopped."""
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    jobs.work(stop)


@brain.command("serve")
@click.option(
    "--demo/--no-demo", "with_demo", default=True, help="Load the demo community into an empty site."
)
@click.pass_context
def serve(ctx: click.Context, with_demo: bool) -> None:
    """Run web server and job worker together, after bringing tables up to date."""
    app = ctx.ensure_object(ScriptInfo).load_app()
    config: Config = app.extensions["config"]
    with app.app_context():
        _bring_up_to_date()
        if with_demo and not config.is_production:
            load_if_empty()
        click.echo(f"\n  The community is open at {config.base_url}\n")
    flask = [sys.executable, "-m", "flask", "--app", "wsgi", "brain", "work"]
    server = [
        *(sys.executable, "-m", "gunicorn", "wsgi:application", "--worker-class", "gthread"),
        *("--bind", f"{config.host}:{config.port}", "--workers", str(config.workers)),
        *("--threads", str(config.threads), "--max-requests", "20000", "--max-requests-jitter", "2000"),
        # loaded once, before the workers are forked: they share what they do not change
        *("--preload", "--no-control-socket"),
    ]
    sys.exit(_run_together([flask, server]))


def _run_together(commands: list[list[str]]) -> int:
    """Run processes until one ends or we are told to stop; returns an exit code."""
    running = [subprocess.Popen(command, env=os.environ) for command in commands]  # noqa: S603
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    while not stop.wait(0.5) and all(process.poll() is None for process in running):
        pass
    ended = [process.returncode for process in running if process.poll() is not None]
    for process in running:
        if process.poll() is None:
            process.terminate()
    for process in running:
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return next((code for code in ended if code), 0)


@brain.group("plugin", cls=AppGroup)
def plugin_group() -> None:
    """Look after plugins."""


@plugin_group.command("list")
def plugin_list() -> None:
    """List plugins with their state."""
    for plugin in lifecycle.list_plugins(HOUSE):
        state = "broken" if plugin.problem else "enabled" if plugin.is_enabled else "disabled"
        click.echo(f"{plugin.name:20} {plugin.version:10} {state:9} {plugin.problem or plugin.summary}")


@plugin_group.command("doctor")
@click.argument("names", nargs=-1)
def plugin_doctor(names: tuple[str, ...]) -> None:
    """Examine plugins before anything is touched; fails if one is unfit."""
    wanted = names or tuple(registry.register().plugins)
    unfit = 0
    for name in wanted:
        problems = lifecycle.examine(lifecycle.plugin_named(name))
        unfit += bool(problems)
        click.echo(f"{name}: {'; '.join(problems) if problems else 'fit'}")
    if unfit:
        raise click.ClickException(f"{unfit} of {len(wanted)} are not fit")


@plugin_group.command("enable")
@click.argument("name")
def plugin_enable(name: str) -> None:
    """Switch a plugin on."""
    lifecycle.enable_plugin(HOUSE, name)
    click.echo(f"{name} is on")


@plugin_group.command("disable")
@click.argument("name")
def plugin_disable(name: str) -> None:
    """Switch a plugin off; its rows stay."""
    lifecycle.disable_plugin(HOUSE, name)
    click.echo(f"{name} is off")


@plugin_group.command("upgrade")
@click.argument("names", nargs=-1)
def plugin_upgrade(names: tuple[str, ...]) -> None:
    """Bring plugins' tables up to date."""
    enabled = tuple(n for n in registry.register().plugins if registry.is_enabled(n))
    for name in names or enabled:
        lifecycle.upgrade_plugin(HOUSE, name)
        click.echo(f"{name} is up to date")


@plugin_group.command("purge")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def plugin_purge(name: str, yes: bool) -> None:
    """Delete everything a plugin stored, after writing it to a file."""
    here = registry.register().plugins.get(name)
    click.echo(here.said("data_note") if here else "The folder of this plugin is away.")
    for table, count in lifecycle.count_rows(HOUSE, name).items():
        click.echo(f"  {table}: {count} rows")
    if not yes:
        click.confirm("Delete all this?", abort=True)
    click.echo(f"Written to {lifecycle.purge_plugin(HOUSE, name)} before it was deleted.")


@plugin_group.command("new")
@click.argument("name")
@click.option("--into", type=click.Path(path_type=Path), default=ROOT / "plugins", help="Folder of plugins.")
def plugin_new(name: str, into: Path) -> None:
    """Write a small plugin that passes its contract tests."""
    try:
        folder = make_plugin(name, into)
    except (BadName, FileExistsError) as problem:
        raise click.ClickException(str(problem)) from problem
    click.echo(f"Written to {folder}. Switch it on with: flask brain plugin enable {name}")


@plugin_group.command("reference")
def plugin_reference() -> None:
    """Write docs/hooks.md anew from the code."""
    (ROOT / "docs" / "hooks.md").write_text(reference(), "utf-8")
    click.echo("docs/hooks.md is as the code says")


@brain.command("routes")
@with_appcontext
def routes() -> None:
    """List every page and which slice serves it."""
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda r: r.rule):
        click.echo(f"{rule.rule:50} {rule.endpoint}")
