"""Measures pages of a generated community as ratios to a hello-world."""
