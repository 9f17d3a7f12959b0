"""Measures search on judged queries: any folder with products, queries and judgments."""
