"""What role a file plays: test, example, script, stub, migration, generated or vendored."""
