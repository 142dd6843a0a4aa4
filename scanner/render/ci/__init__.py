"""Reviews as the formats of CI systems and coding agents."""
