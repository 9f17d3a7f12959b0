"""Finding products by words, pictures and likeness; knows nothing of chat."""
