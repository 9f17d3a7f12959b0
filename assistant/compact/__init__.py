"""The small in-house planner: understand, decide, phrase."""
