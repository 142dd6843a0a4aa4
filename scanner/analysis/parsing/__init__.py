"""Pure: text → syntax trees, and files cut into units."""
