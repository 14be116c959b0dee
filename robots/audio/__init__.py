"""Robots that work on sound."""
