"""Robots that work on videos."""
