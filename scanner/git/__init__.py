"""The only door to git. Nothing outside this package starts git or reads its files.

`process` starts git and `isolation` says what it gets to see. Above them, `commits`, `trees` and
`blobs` ask; `comparisons` keeps a stream of comparisons going where objects are missing. Pure:
`diffs` reads git's stream; `lifelines` walks a history, `lineage` is its step from the parents to a
commit, and `registry` its book of births and deaths.
"""
