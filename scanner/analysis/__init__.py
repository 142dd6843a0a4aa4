"""The analysis floor: source text in, facts out. No path, no clock, no input or output."""
