"""Benchmarks: each a ratio of two timings from one run, both printed. `make bench` runs them."""
