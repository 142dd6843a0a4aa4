"""Facts before and after a change → findings and a scorecard. Pure: no git, no clock, no files."""
