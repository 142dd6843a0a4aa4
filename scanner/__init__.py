"""Tallystick: what every change adds to the debt of a Python repository, and who wrote it."""

__version__ = "0.1.0"
