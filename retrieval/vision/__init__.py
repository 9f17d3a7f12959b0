"""Turns pictures into vectors, so that products can be found by how they look."""
