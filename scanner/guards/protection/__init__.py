"""Which checks stand before each statement of a function, and which of them a change takes away."""
