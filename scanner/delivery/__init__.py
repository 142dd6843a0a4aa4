"""The road of a change from its first line to a release: reviews, merges and waiting times."""
