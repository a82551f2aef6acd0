"""Finds plugins, reads their manifests, loads their code, checks their names.

Places: the `plugins` folder, `BRAIN_PLUGINS_DIR`, and installed packages under
the entry point group `brain.plugins`. A plugin that cannot be loaded is kept
in the register with its problem; the site goes on without it.
"""

from __future__ import annotations

import gettext
import importlib
import importlib.util
import logging
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from types import ModuleType

import sqlalchemy as sa
from flask import Flask, current_app

import brain
from brain.base.db import Base
from brain.base.errors import words_of
from brain.config import ROOT, Config
from brain.plugin import migrate
from brain.plugin.containment import FAILURES
from brain.plugin.contribution import Contribution
from brain.plugin.manifest import BadManifest, misfit, read_manifest
from brain.plugin.registry import Plugin, Register

log = logging.getLogger("brain.plugin")
GROUP = "brain.plugins"


class BadContribution(Exception):
    """A plugin declares something that is not its own."""


def load_plugins(config: Config, here: Register) -> None:
    """Load every plugin on disk into the register; none in safe mode."""
    for name, folder, module_name in sorted(_found(config)):
        plugin = Plugin(name, folder)
        here.plugins[name] = plugin
        try:
            plugin.manifest = read_manifest(folder)
        except BadManifest as error:
            plugin.problem = str(error)
            continue
        if plugin.manifest.name != name:
            plugin.problem = f"plugin.toml names {plugin.manifest.name!r}, the folder is {name!r}"
            continue
        plugin.problem = misfit(plugin.manifest, brain.__version__)
        if _is_taken(name, here):
            plugin.problem = f"the core uses the name {name!r} itself"
        if config.safe_mode:
            plugin.problem = plugin.problem or "safe mode: no plugin is loaded"
        if not plugin.problem:
            _load(plugin, module_name, here)
    _check_requirements(here)


def _found(config: Config) -> Iterator[tuple[str, Path, str]]:
    """Yield (name, folder, module name to import)."""
    yield from _in_folder(ROOT / "plugins", "plugins")
    if config.plugins_dir:
        yield from _in_folder(Path(config.plugins_dir), "")
    for entry in metadata.entry_points(group=GROUP) if not config.safe_mode else ():
        try:
            spec = importlib.util.find_spec(entry.value)
        except (Exception, SystemExit):  # looking for a module within a package imports the package
            log.exception("the package of plugin %s cannot be imported", entry.name)
            continue
        if spec is not None and spec.origin:
            yield entry.name, Path(spec.origin).parent, entry.value


def _in_folder(folder: Path, package: str) -> Iterator[tuple[str, Path, str]]:
    if not folder.is_dir():
        return
    for child in sorted(folder.iterdir()):
        if (child / "plugin.toml").is_file():
            yield child.name, child, f"{package}.{child.name}" if package else f"plugins.{child.name}"


def _import(name: str, folder: Path) -> ModuleType:
    if (ROOT / "plugins" / folder.name) == folder or importlib.util.find_spec(name) is not None:
        return importlib.import_module(name)
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{folder} has no __init__.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]  # half a module would be taken for a whole one
        raise
    return module


def _load(plugin: Plugin, module_name: str, here: Register) -> None:
    before = set(Base.metadata.tables)
    try:
        plugin.module = _import(module_name, plugin.folder)
        if (plugin.folder / "models.py").exists() or (plugin.folder / "models").is_dir():
            importlib.import_module(f"{module_name}.models")
        here.hooks.register(plugin.module, plugin.name)
        here.hooks.check_pending()
        plugin.contribution = plugin.module.contribute()
        check_names(plugin.name, plugin.contribution, set(Base.metadata.tables) - before)
        _check_kinds(plugin.contribution, here)
        _try_pages(plugin.contribution)
        _try_catalogues(plugin.folder)
        _try_what_engines_ask(plugin.contribution)
        plugin.newest = migrate.newest(plugin.name, plugin.folder)
        sa.orm.configure_mappers()
    except FAILURES as error:
        log.error("plugin %s could not be loaded: %s", plugin.name, words_of(error), exc_info=True)
        plugin.problem = words_of(error)
        plugin.contribution = Contribution()
        _forget_models(set(Base.metadata.tables) - before)
        if here.hooks.is_registered(plugin.module):
            here.hooks.unregister(plugin.module)


def _forget_models(tables: Iterable[str]) -> None:
    """Let go of a plugin's models: one that cannot be mapped would fail every query of the site."""
    for mapper in list(Base.registry.mappers):
        if getattr(mapper.local_table, "name", "") in tables:
            # as SQLAlchemy's registry.dispose() does with each of its own: it has no name for one
            Base.registry._managers.pop(mapper.class_manager, None)
            Base.registry._dispose_manager_and_mapper(mapper.class_manager)
    for name in tables:
        Base.metadata.remove(Base.metadata.tables[name])


def _try_catalogues(folder: Path) -> None:
    """Read every catalogue once: one that is damaged would fail every page in its language."""
    for path in folder.glob("translations/*/LC_MESSAGES/*.mo"):
        with path.open("rb") as file:
            gettext.GNUTranslations(file)


def _try_what_engines_ask(contribution: Contribution) -> None:
    """Ask once what engines ask at boot of everybody's declarations."""
    if contribution.derived_jobs is not None:
        list(contribution.derived_jobs([contribution]))


def _check_kinds(contribution: Contribution, here: Register) -> None:
    """Refuse kinds of things that somebody else declares. Raises BadContribution."""

    def kinds(one: Contribution) -> set[str]:
        return {source.kind for source in one.search_sources} | {t.kind for t in one.flag_targets}

    others = [*here.slices.values(), *(plugin.contribution for plugin in here.plugins.values())]
    taken = kinds(contribution) & set().union(*(kinds(one) for one in others if one is not contribution))
    if taken:
        raise BadContribution(f"kinds of things that are declared already: {', '.join(sorted(taken))}")


def _is_taken(name: str, here: Register) -> bool:
    """Tell whether the core uses a name: of a slice, or of tables that a purge would delete with it."""
    core = [mapper for mapper in Base.registry.mappers if mapper.class_.__module__.startswith("brain.")]
    tables = [mapper.class_.__tablename__ for mapper in core]
    return name in here.slices or any(f"{table}_".startswith(f"{name}_") for table in tables)


#: What Flask keeps for all pages, and how many it has of itself.
_WIDE = {
    "before_request_funcs": 0,
    "after_request_funcs": 0,
    "teardown_request_funcs": 0,
    "template_context_processors": 1,
    "url_value_preprocessors": 0,
    "url_default_functions": 0,
}


def _try_pages(contribution: Contribution) -> None:
    """Register pages with an application that is thrown away: the real one cannot take them back."""
    trial = Flask("trial")
    trial.url_map.converters.update(current_app.url_map.converters)
    for blueprint in contribution.blueprints:
        if blueprint.name in current_app.blueprints:
            raise BadContribution(f"the core has pages of the name {blueprint.name!r} already")
        trial.register_blueprint(blueprint)
    if wide := [name for name in _WIDE if len(getattr(trial, name).get(None) or ()) > _WIDE[name]]:
        raise BadContribution(
            f"what acts on every page of the site is no page of a plugin: {', '.join(wide)}"
        )
    if any(trial.error_handler_spec[None].values()):
        raise BadContribution("how the site speaks of errors is not a plugin's: app_errorhandler")


def check_names(name: str, contribution: Contribution, tables: Iterable[str]) -> None:
    """Hold a plugin to its own names. Raises BadContribution."""
    dotted = [
        *(p.name for p in contribution.permissions),
        *(s.name for s in contribution.settings),
        *(t.name for t in contribution.notification_types),
        *(j.name for j in contribution.jobs),
        *(item.name for item in contribution.letters),
        *(m.name for m in contribution.member_data),
        *(f.name for f in contribution.profile_fields),
        *(p.name for p in contribution.home_panels),
    ]
    wrong = [n for n in dotted if not n.startswith(f"{name}.")]
    wrong += [t for t in tables if not t.startswith(f"{name}_")]
    wrong += [b.name for b in contribution.blueprints if b.name != name]
    if wrong:
        raise BadContribution(f"names that are not the plugin's own: {', '.join(sorted(wrong))}")


def _check_requirements(here: Register) -> None:
    """Name what is missing, until no plugin that works requires one that does not."""
    is_settled = False
    while not is_settled:
        is_settled = True
        for plugin in here.plugins.values():
            wanted = plugin.manifest.requires if plugin.manifest else ()
            missing = [name for name in wanted if name not in here.plugins or here.plugins[name].problem]
            if missing and not plugin.problem:
                plugin.problem = f"it requires {', '.join(missing)}"
                is_settled = False
