"""Robots that run code of clients."""
