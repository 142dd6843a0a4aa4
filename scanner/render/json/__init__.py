"""Everything as JSON documents with a schema."""
