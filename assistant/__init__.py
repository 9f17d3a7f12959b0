"""The conversation loop: plan, gate, act, answer."""
