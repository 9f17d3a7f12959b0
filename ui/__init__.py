"""Chat page, HTTP API and command line: draws events, decides nothing."""
