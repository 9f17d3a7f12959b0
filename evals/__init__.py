"""Suites that measure the assistant and gate a release."""
