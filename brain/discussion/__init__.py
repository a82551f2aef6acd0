"""Content: topics, threads, posts."""
