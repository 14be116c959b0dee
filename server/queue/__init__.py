"""How jobs reach workers."""
