"""The command line: parse, call, render, exit code. Alone imports the faces."""
