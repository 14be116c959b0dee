"""How news reaches those who watch."""
