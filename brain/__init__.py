"""The Collective Brain: a calm, multilingual community platform."""

__version__ = "1.0.0.dev0"
