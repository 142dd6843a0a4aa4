"""Who wrote a change, and how that is known: evidence with a level, never a guess."""
