"""Robots that work on images."""
