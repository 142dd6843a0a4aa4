"""What was judged, put into words and formats. Data first; a renderer computes nothing."""
