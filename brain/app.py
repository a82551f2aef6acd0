"""Assembly: the only room that knows all others."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from flask import Flask, g, got_request_exception, request
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from brain.admin.contribution import contribute as admin
from brain.base import db, face, files, http, i18n, jobs, pulse, settings, shared
from brain.base.access import register_permissions
from brain.base.errors import NotFound
from brain.base.events import Subscriber, subscribe
from brain.base.slots import SlotTag
from brain.base.unit import UnitFlask
from brain.config import ROOT, Config, read_config
from brain.discussion.contribution import contribute as discussion
from brain.mail import transport as mail_transport
from brain.mail.contribution import contribute as mail
from brain.members import sessions
from brain.members.contribution import contribute as members
from brain.moderation.contribution import contribute as moderation
from brain.notifications.contribution import contribute as notifications
from brain.plugin import containment, lifecycle, loader, registry
from brain.plugin.contribution import Contribution
from brain.plugin.fill import fill_home, fill_slot, nav_links
from brain.plugin.hooks import EVENT_HOOKS
from brain.search.contribution import contribute as search

SLICES = {
    "plugin": lambda: Contribution(permissions=lifecycle.PERMISSIONS, settings=containment.SETTINGS),
    "members": members,
    "mail": mail,
    "notifications": notifications,
    "search": search,
    "moderation": moderation,
    "admin": admin,
    "discussion": discussion,
}
STATIC_AGE = 365 * 24 * 3600


def create_app(config: Config | None = None) -> UnitFlask:
    """Build the application from the environment, or from a given Config."""
    config = config or read_config()
    logging.basicConfig(
        level=config.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    app = UnitFlask(
        "brain",
        static_folder=str(ROOT / "brain" / "static"),
        template_folder=str(ROOT / "brain" / "templates"),
    )
    app.config.update(config.flask())
    app.extensions["config"] = config
    _make_machinery(app)
    with app.app_context():
        _register_everything(app, config)
    _attach_requests(app)
    app.wsgi_app = _outer(app, config)  # type: ignore[method-assign]
    return app


def _make_machinery(app: UnitFlask) -> None:
    pulse.forget_kept()
    db.init_app(app)
    shared.init_app(app)  # before http: what is kept has all headers already
    http.init_app(app)
    face.init_app(app)
    csrf: Any = CSRFProtect
    csrf(app)
    sessions.init_app(app)
    mail_transport.init_app(app)
    app.jinja_env.add_extension(SlotTag)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        fill_slot=fill_slot,
        fill_home=fill_home,
        nav_links=nav_links,
        site_name=lambda: app.config["BRAIN_SITE_NAME"],
    )


def _register_everything(app: UnitFlask, config: Config) -> None:
    here = registry.Register()
    app.extensions["brain"] = here
    here.slices.update({name: contribute() for name, contribute in SLICES.items()})
    for contribution in here.slices.values():
        _register(app, contribution, "")
    loader.load_plugins(config, here)
    for name, plugin in here.plugins.items():
        _register(app, plugin.contribution, name)
        if not plugin.problem:
            _register_event_hooks(app, name, here)
    register_derived_jobs(app, here)
    plugins = [plugin for plugin in here.plugins.values() if not config.safe_mode and not plugin.problem]
    folders = [ROOT / "translations", *(plugin.folder / "translations" for plugin in plugins)]
    i18n.init_app(app, [folder for folder in folders if folder.is_dir()])


def _register(app: UnitFlask, contribution: Contribution, plugin: str) -> None:
    register_permissions(contribution.permissions)
    settings.register_settings(contribution.settings)
    for blueprint in contribution.blueprints:
        app.register_blueprint(blueprint)
    for job in contribution.jobs:
        jobs.register_job(job, _switch(app, plugin), _strikes(plugin, job.name))


def register_derived_jobs(app: UnitFlask, here: registry.Register) -> None:
    """Register the jobs that engines make from what everybody declares."""
    declared = {"": list(here.slices.values())} | {
        name: [plugin.contribution] for name, plugin in here.plugins.items() if not plugin.problem
    }
    everybody = [contribution for several in declared.values() for contribution in several]
    for plugin, contributions in declared.items():
        for contribution in contributions:
            for job in contribution.derived_jobs(everybody) if contribution.derived_jobs else ():
                jobs.register_job(job, _switch(app, plugin), _strikes(plugin, job.name))


def _strikes(plugin: str, place: str) -> Callable[[BaseException], None]:
    """Count the failures of a plugin's jobs and hooks; those of the core are in the log."""

    def strike(error: BaseException) -> None:
        if plugin:
            containment.strike(plugin, place, error)

    return strike


def _switch(app: UnitFlask, plugin: str) -> Any:
    def is_active() -> bool:
        pulse.forget()
        return not plugin or registry.is_enabled(plugin)

    return is_active


def _register_event_hooks(app: UnitFlask, plugin: str, here: registry.Register) -> None:
    for event, hook in EVENT_HOOKS.items():
        for implementation in getattr(here.hooks.hook, hook).get_hookimpls():
            if implementation.plugin_name != plugin:
                continue

            def deliver(many: Any, heard: Any = implementation) -> None:
                for ids in many:
                    heard.function(*[ids[name] for name in heard.argnames])

            name = f"{plugin}.{hook}"
            switch, strikes = _switch(app, plugin), _strikes(plugin, name)
            subscribe(Subscriber(name, (event,), deliver, is_active=switch, failed=strikes))


def _attach_requests(app: UnitFlask) -> None:
    @app.before_request
    def close_doors_of_plugins() -> None:
        g.viewer = sessions.current_viewer()
        owner = request.blueprint
        if owner in registry.register().plugins and not registry.is_enabled(owner):
            raise NotFound

    @got_request_exception.connect_via(app)
    def count_failures_of_plugins(sender: Flask, exception: Exception, **more: Any) -> None:
        owner = request.blueprint
        if owner in registry.register().plugins:
            containment.strike(owner, request.endpoint or "", exception)


def _secure_file(headers: Any, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


def _outer(app: UnitFlask, config: Config) -> Any:
    served: Any = app.wsgi_app
    served = WhiteNoise(
        served,
        root=str(ROOT / "brain" / "static"),
        prefix="static/",
        max_age=STATIC_AGE if config.is_production else 60,
        autorefresh=config.env == "development",
        add_headers_function=_secure_file,
    )
    for plugin in app.extensions["brain"].plugins.values():
        folder = plugin.folder / "static"
        if folder.is_dir() and not plugin.problem:
            served.add_files(str(folder), prefix=f"static/{plugin.name}/")
    served = files.PackedFiles(served)
    if config.proxies:
        served = ProxyFix(served, x_for=config.proxies, x_proto=config.proxies, x_host=config.proxies)
    return served
