"""Rule packs in semgrep's own syntax, matched in one batched run over given file versions.

The folder is not called `semgrep`, so that no import of that name can mean two things.
"""
