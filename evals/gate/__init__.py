"""Rigs that attack the purchase gate: random sequences, kills, races, guards switched off, replays, consent words."""
