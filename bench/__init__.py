"""Benchmarks, run by hand: they print ratios and decide nothing."""
