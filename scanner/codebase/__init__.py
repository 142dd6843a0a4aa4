"""What this repository already is: its files read, its facts known, its code and habits indexed."""
