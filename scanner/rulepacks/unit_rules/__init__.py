"""Rules in code that look at one unit: each is one file with its text, its cases and its search."""
