"""Payment services that the books can be connected to."""
