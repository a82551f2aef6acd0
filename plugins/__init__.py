"""Hold the plugins that come with the product."""
