"""Bring offers, needs and facilitators of the community together."""
