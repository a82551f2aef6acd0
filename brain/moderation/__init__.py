"""Flags, cases, and what becomes of them; knows no content."""
