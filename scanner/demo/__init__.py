"""A made-up history, so that a report can be seen before there is one of one's own."""
