"""Everything the planner may call, one module per job."""
