"""What may happen and what must be asked first: pure decisions, no I/O."""
