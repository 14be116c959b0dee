"""Where it is known who holds which upload."""
