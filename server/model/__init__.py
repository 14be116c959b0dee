"""The pure heart: what an Assembly is and does next, without I/O."""
