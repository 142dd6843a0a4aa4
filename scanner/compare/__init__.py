"""What may be said about AI-attributed and other changes, and how sure it is (`docs/method.md`)."""
