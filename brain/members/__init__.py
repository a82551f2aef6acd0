"""People: accounts, sessions, profiles, groups."""
