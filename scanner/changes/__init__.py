"""Facts about one change that need no code to be judged: what it is for, whether it counts."""
