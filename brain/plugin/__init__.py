"""The plugin contract: what a slice or a plugin declares, and how it lives."""
