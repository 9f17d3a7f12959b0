"""The demo shop: a generated catalogue of home and fashion, our own, the same for the same seed."""

from retrieval.demo.shop import DemoShop, generate

__all__ = ["DemoShop", "generate"]
