"""Trains what retrieval ranks by; needs the `train` extra."""
