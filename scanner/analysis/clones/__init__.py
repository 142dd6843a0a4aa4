"""Pure: token streams and fingerprints of units, and how two of them align."""
