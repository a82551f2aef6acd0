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


context.configure(
    connection=connection,
    target_metadata=config.attributes["target_metadata"],
    version_table=config.attributes["version_table"],
    process_revision_directives=_keep_only_real_changes,
    **compare_options(owner, config.attributes["plugins"]),
)
with context.begin_transaction():
    context.run_migrations()
