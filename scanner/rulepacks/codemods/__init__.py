"""Fixes of rules as LibCST codemods: a file for each rule, which gives new nodes or a refusal."""
