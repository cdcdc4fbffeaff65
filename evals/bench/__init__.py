"""Benchmarks: each prints its figures; run one with `python -m evals.bench.NAME`, all with `make bench`."""
