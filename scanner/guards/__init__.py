"""What a change takes away or loosens of what guards the code. Pure: texts in, findings out."""
