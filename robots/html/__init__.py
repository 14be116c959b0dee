"""Robots that work on web pages."""
