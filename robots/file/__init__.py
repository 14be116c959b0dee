"""Robots for files of every kind."""
