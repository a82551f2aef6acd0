"""Contract tests that every plugin inherits.

In a plugin's `tests/test_contract.py`:

    from brain.plugin.testing import PluginContract

    class TestContract(PluginContract):
        name = "meeting_point"

They use the fixtures `app`, `client`, `make`, `sign_in` and `queries`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from typing import Any

import sqlalchemy as sa
from flask import Flask, has_request_context
from werkzeug.routing import Rule

from brain.base import pulse
from brain.base.access import ANY_ROLE, HOUSE, PUBLIC, VISITOR, Permission, Viewer, allowed_rows
from brain.base.db import Base, db
from brain.base.settings import SettingValue
from brain.base.unit import unit_of_work
from brain.plugin import lifecycle, migrate, registry
from brain.plugin.contribution import Contribution
from brain.plugin.loader import check_names
from brain.plugin.manifest import read_manifest
from brain.plugin.models import PluginState
from brain.plugin.registry import Plugin

PAGE_QUERIES = 14


@dataclass(frozen=True)
class Grid:
    """Things that a permission is about: as its rule sees them, and where its criterion looks.

    `subjects` are all rows by id, `ids` selects the ids of the same rows.
    """

    subjects: Mapping[int, Any]
    ids: sa.Select[Any]


def disagreements(name: str, viewers: Mapping[str, Viewer], grid: Grid | None) -> list[str]:
    """List where a permission's rule and its criterion answer differently.

    Without a grid it is about the viewer alone: both must answer the same
    whatever the rows.
    """
    found = []
    for who, viewer in viewers.items():
        criterion = allowed_rows(viewer, name)
        if grid is None:
            allowed = {0} if viewer.can(name) else set()
            listed = set(db.session.scalars(sa.select(sa.literal(0)).where(criterion)))
        else:
            allowed = {key for key, subject in grid.subjects.items() if viewer.can(name, subject)}
            listed = set(db.session.scalars(grid.ids.where(criterion)))
        if allowed != listed:
            rule_only, sql_only = sorted(allowed - listed), sorted(listed - allowed)
            found.append(f"{name}, {who}: by the rule alone {rule_only}, by the criterion alone {sql_only}")
    return found


def viewers_of_every_role(make: Any) -> dict[str, Viewer]:
    """Give a viewer of every role, one who has not confirmed an address, and the house."""
    newcomer = make.viewer(make.member())
    waiting = replace(newcomer, confirmed=False, tokens=frozenset({PUBLIC, f"member:{newcomer.id}"}))
    return {
        "visitor": VISITOR,
        "unconfirmed": waiting,
        "member": make.viewer(make.member()),
        "moderator": make.viewer(make.moderator()),
        "admin": make.viewer(make.admin()),
        "house": HOUSE,
    }


def has_own_rule(permission: Permission) -> bool:
    """Tell whether a permission asks for more than a role."""
    plain = Permission("", "", ())
    return permission.rule is not plain.rule or permission.criterion is not plain.criterion


class PluginContract:
    """What holds for every plugin; `name` is its folder's name."""

    name = ""

    def plugin(self, app: Flask) -> Plugin:
        """Give the loaded plugin."""
        found: Plugin = app.extensions["brain"].plugins[self.name]
        return found

    @contextmanager
    def switched_on(self) -> Iterator[None]:
        """Have the plugin, and what it requires, on for a while."""
        plugin = registry.register().plugins[self.name]
        names = [*(plugin.manifest.requires if plugin.manifest else ()), self.name]
        for name in names:
            switch(name, True)
        try:
            yield
        finally:
            for name in reversed(names):
                switch(name, False)

    def test_it_loads_and_fits(self, app: Flask) -> None:
        """Its manifest is right and nothing kept it from loading."""
        plugin = self.plugin(app)
        assert plugin.problem == ""
        assert read_manifest(plugin.folder).name == self.name

    def test_its_names_are_its_own(self, app: Flask) -> None:
        """Tables, permissions, settings, types and jobs carry its name."""
        tables = [table.name for table in lifecycle.tables_of(self.name)]
        check_names(self.name, self.plugin(app).contribution, tables)

    def test_foreign_keys_to_the_core_say_what_becomes_of_the_row(self, app: Flask) -> None:
        """A core row can always be deleted, whether the plugin is there or not."""
        silent = [
            f"{table.name}.{key.parent.name}"
            for table in lifecycle.tables_of(self.name)
            for key in table.foreign_keys
            if key.ondelete is None
        ]
        assert silent == []

    def test_pages_answer_when_on_and_are_gone_when_off(
        self, app: Flask, make: Any, sign_in: Any, queries: Any
    ) -> None:
        """Every page without arguments works within its budget, and vanishes."""
        client = sign_in(make.admin())
        with self.switched_on():
            for rule in self._plain_pages(app):
                with queries(most=PAGE_QUERIES):
                    assert client.get(rule.rule).status_code in (200, 302, 303), rule.rule
        for rule in self._plain_pages(app):
            assert client.get(rule.rule).status_code == 404, rule.rule

    def test_nothing_of_it_is_left_when_off(self, app: Flask, make: Any, sign_in: Any) -> None:
        """Navigation, slots, search, notices and flags forget it at once; no page leads to it."""
        client, kinds = sign_in(make.admin()), [part.name for part in fields(Contribution)]
        declared = [kind for kind in kinds if kind != "derived_jobs"]
        own = {rule.rule for rule in self._plain_pages(app)}
        with self.switched_on():
            assert self._declares(declared) == {
                kind for kind in declared if getattr(self.plugin(app).contribution, kind)
            }
            linked = self._links(client, own)
        pulse.forget()
        assert self._declares(declared) == set()
        assert self._links(client, own) == set()
        nav = [item for item in self.plugin(app).contribution.nav_items if item.place in ("main", "member")]
        assert linked or not nav, "while it is on, its pages can be found"

    def _declares(self, kinds: Sequence[str]) -> set[str]:
        return {kind for kind in kinds if self.name in dict(registry.declared(kind))}

    def _links(self, client: Any, pages: Set[str]) -> set[str]:
        found: set[str] = set()
        for page in ("/", "/search?q=a", "/settings", "/members"):
            answer = client.get(page)
            assert answer.status_code == 200, page
            found |= {link for link in re.findall(r'href="([^"?#]+)', answer.text) if link in pages}
        return found

    def test_what_it_says_can_be_translated(self, app: Flask) -> None:
        """Labels are texts of a catalogue, said in each reader's language."""
        contribution = self.plugin(app).contribution
        plain = [
            f"{part.name}: {item.label!r}"
            for part in fields(Contribution)
            if part.name != "derived_jobs"
            for item in getattr(contribution, part.name)
            if isinstance(getattr(item, "label", None), str) and item.label
        ]
        assert plain == []

    def test_what_jobs_ask_needs_no_request(self, app: Flask, make: Any) -> None:
        """Reported things, and cards of results, are given to jobs too: no address needs a request."""
        assert not has_request_context()
        contribution, member_id = self.plugin(app).contribution, make.member()
        with self.switched_on():
            self.leave_traces(app, make, member_id)
            viewer = make.viewer(member_id)
            for target in contribution.flag_targets:
                target.subjects(range(1, 100), viewer)
            for source in contribution.search_sources:
                ids = source.all_ids(0, 100)
                source.documents(ids)
                source.cards(ids, viewer)

    def test_purge_leaves_nothing(self, app: Flask, make: Any) -> None:
        """After a purge no table, setting, delivery or state of the plugin is there."""
        plugin = self.plugin(app)
        tables = lifecycle.tables_of(self.name)
        if not tables:
            return
        member_id = make.member()
        try:
            _drop(tables, migrate.version_table(self.name))
            migrate.upgrade(self.name, plugin.folder)
            with self.switched_on():
                self.leave_traces(app, make, member_id)
            kept = lifecycle.purge_plugin(HOUSE, self.name)
            assert kept.is_file()
            left = {name for name in migrate.tables_present() if name.startswith(f"{self.name}_")}
            assert left == set()
            assert migrate.version_table(self.name) not in migrate.tables_present()
            assert db.session.get(PluginState, self.name) is None
            own = SettingValue.name.startswith(f"{self.name}.", autoescape=True)
            assert db.session.scalar(sa.select(sa.func.count()).where(own)) == 0
        finally:
            _drop(tables, migrate.version_table(self.name))
            Base.metadata.create_all(db.engine, tables=list(tables))

    def test_every_permission_answers_for_every_role(self, app: Flask) -> None:
        """Criteria are conditions that the database understands."""
        for permission in self.plugin(app).contribution.permissions:
            for role in ANY_ROLE:
                viewer = Viewer(id=None if role == "visitor" else 1, role=role, confirmed=True)
                criterion = permission.criterion(viewer)
                assert isinstance(criterion, sa.sql.elements.ColumnElement)

    def test_rules_and_criteria_agree(self, app: Flask, make: Any) -> None:
        """Each permission says the same in Python and in SQL, for every role."""
        permissions = self.plugin(app).contribution.permissions
        with self.switched_on():
            viewers = viewers_of_every_role(make)
            grids = self.grids(make, viewers)
            found = [line for name, grid in grids.items() for line in disagreements(name, viewers, grid)]
        assert found == []
        assert set(grids) == {permission.name for permission in permissions if has_own_rule(permission)}

    def grids(self, make: Any, viewers: Mapping[str, Viewer]) -> Mapping[str, Grid | None]:
        """Give things for each permission with a rule of its own; None: it is about the viewer alone.

        Overridden by a plugin with such permissions. `viewers` are by role, and
        `unconfirmed` and `house`.
        """
        return {}

    def test_erasing_a_member_leaves_nothing_of_theirs(self, app: Flask, make: Any) -> None:
        """After erasure no row of the plugin names the member."""
        personal = [
            (table, column)
            for table in lifecycle.tables_of(self.name)
            for column in table.columns
            if any(key.target_fullname == "member.id" for key in column.foreign_keys)
        ]
        is_told = type(self).leave_traces is not PluginContract.leave_traces
        assert is_told or not personal, "leave_traces has to let the member leave some"
        member_id = make.member()
        with self.switched_on():
            self.leave_traces(app, make, member_id)
            assert not personal or self._rows_of(member_id, personal)
            with unit_of_work():
                for kept in self.plugin(app).contribution.member_data:
                    kept.erase(member_id)
        assert self._rows_of(member_id, personal) == []

    def _rows_of(self, member_id: int, personal: Sequence[tuple[sa.Table, sa.Column[Any]]]) -> list[str]:
        """Name the columns that name the member in some row."""
        return [
            f"{table.name}.{column.name}"
            for table, column in personal
            if db.session.scalar(sa.select(sa.func.count()).where(column == member_id))
        ]

    def leave_traces(self, app: Flask, make: Any, member_id: int) -> None:
        """Let the member do what the plugin is for; overridden by the plugin."""

    def test_migrations_up_down_up_equal_the_models(self, app: Flask) -> None:
        """The migration files make the tables that the models declare."""
        plugin = self.plugin(app)
        tables = lifecycle.tables_of(self.name)
        if not tables:
            assert not migrate.has_migrations(self.name, plugin.folder)
            return
        try:
            _drop(tables, migrate.version_table(self.name))
            migrate.upgrade(self.name, plugin.folder)
            assert migrate.differences(self.name) == []
            migrate.downgrade(self.name, plugin.folder)
            left = set(sa.inspect(db.engine).get_table_names())
            assert not left & {table.name for table in tables}
            assert migrate.version_table(self.name) not in left
            migrate.upgrade(self.name, plugin.folder)
            assert migrate.differences(self.name) == []
        finally:
            _drop(tables, migrate.version_table(self.name))
            Base.metadata.create_all(db.engine, tables=list(tables))

    def test_migrations_import_nothing_live(self, app: Flask) -> None:
        """Migration files are frozen: they name neither brain nor the plugin."""
        folder = migrate.versions_folder(self.name, self.plugin(app).folder)
        for path in folder.glob("*.py"):
            assert not re.search(r"^\s*(from|import)\s+(brain|plugins)\b", path.read_text("utf-8"), re.M), (
                path
            )

    def _plain_pages(self, app: Flask) -> list[Rule]:
        return [
            rule
            for rule in app.url_map.iter_rules()
            if rule.endpoint.startswith(f"{self.name}.")
            and not rule.arguments
            and "GET" in (rule.methods or ())
        ]


def switch(name: str, on: bool) -> None:
    """Switch a plugin on or off in a test whose tables exist already."""
    plugin = lifecycle.plugin_named(name)
    with unit_of_work():
        lifecycle.store_state(HOUSE, plugin, on)
    pulse.forget()


def _drop(tables: Any, version_table: str) -> None:
    db.session.rollback()
    Base.metadata.drop_all(db.engine, tables=list(tables))
    with db.engine.begin() as connection:
        connection.execute(sa.text(f'DROP TABLE IF EXISTS "{version_table}"'))
