"""The full web chat at /chat: Chainlit behind a gate of our own, drawing what the assistant tells."""
