"""What a tree declares to depend on, and which names that lets it import. Pure: text in."""
