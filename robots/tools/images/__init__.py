"""What the warm children do to pictures: read, shape, colour, draw, write."""
