"""Measures what `rag` returns: datasets, scorers, benchmarks, by the same functions that serve readers."""
