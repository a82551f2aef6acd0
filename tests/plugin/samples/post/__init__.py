"""Has the name of tables of the core; its code is never asked."""
