"""The robot that stands for uploads."""
