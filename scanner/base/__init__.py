"""The nouns, how a run fails, what is kept by content, and the few things that every room needs."""
