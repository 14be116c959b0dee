"""Robots that work on documents."""
