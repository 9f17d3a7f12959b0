"""Drawn pictures of the demo shop: one hand, every product type, its own colours, materials and proportions."""
