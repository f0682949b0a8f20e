"""Benchmarks: nnfs beside its peers, in one run, as ratios. `python -m benchmarks` runs them all.

Machines are shared and noisy, so contestants take turns, round after round, each time in a process
of its own, and only medians and ratios within one run are worth reading.
"""
