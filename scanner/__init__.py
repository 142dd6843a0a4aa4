"""Tallystick: what every change adds to the technical debt of a Python repository, and who wrote it."""

__version__ = "0.1.0"
