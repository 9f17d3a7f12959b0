"""Training of the compact planner: our own grammar of phrasings, public sets, and the fit of its heads."""
