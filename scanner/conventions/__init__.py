"""What this repository does as a rule, by count, and where a change deviates from it."""
