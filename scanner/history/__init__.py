"""A range of commits → each integrated change judged, and what became of it."""
