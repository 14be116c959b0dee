"""What keeps a child within bounds: its view of the disk, its limits, and the ways to enforce them."""
