"""Pages for admins over the registries: plugins, settings, jobs."""
