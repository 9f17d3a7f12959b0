"""Readers of merchants' product feeds."""
