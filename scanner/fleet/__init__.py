"""Many repositories: scanned alike, kept as data, and answered together."""
