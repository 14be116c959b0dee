"""Where uploads can be kept."""
