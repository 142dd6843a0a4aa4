"""Pure: complexity, Halstead counts and lines of units and files."""
