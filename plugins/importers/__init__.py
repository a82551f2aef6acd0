"""Importers: bring another community's archive into this one."""
