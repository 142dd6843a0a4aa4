"""Two trees → a verdict: what counts of a judgement, and why."""
