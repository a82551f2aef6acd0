"""The one environment for all migrations: the core's and every plugin's."""

from alembic import context

from brain.plugin.migrate import compare_options

config = context.config
owner = config.attributes["owner"]
connection = config.attributes["connection"]


def _keep_only_real_changes(migration_context, revision, directives):
    """Write no empty migration."""
    if directives and directives[0].upgrade_ops.is_empty():
        directives[:] = []


def _plain_type(kind, thing, autogen_context):
    """Write our own column types as the plain ones below them: files are frozen."""
    if kind == "type" and type(thing).__module__.startswith("brain."):
        return {"UtcDateTime": "sa.DateTime(timezone=True)", "JsonText": "sa.Text()"}[type(thing).__name__]
    return False


context.configure(
    connection=connection,
    target_metadata=config.attributes["target_metadata"],
    version_table=config.attributes["version_table"],
    process_revision_directives=_keep_only_real_changes,
    render_item=_plain_type,
    **compare_options(owner, config.attributes["plugins"]),
)
with context.begin_transaction():
    context.run_migrations()
