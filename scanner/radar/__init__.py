"""Which open branches will collide when they land."""
