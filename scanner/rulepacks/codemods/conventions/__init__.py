"""Fixes of departures from conventions: towards what a codebase does as a rule."""
