"""A history → everything that a report shows, as data."""
