"""Whole ways through the site, from one end to the other."""
