"""What every robot is made of."""
