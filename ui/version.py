"""The version this code is; a test keeps it equal to pyproject's."""

VERSION = "0.1.0"
