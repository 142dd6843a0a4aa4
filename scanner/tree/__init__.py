"""One tree → what stands in it: debt, groups of copies, conventions."""
