"""Promises the product keeps, one file per module."""
