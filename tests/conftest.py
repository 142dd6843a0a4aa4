"""How Hypothesis looks for examples: the same ones in every run, or with
`pytest --hypothesis-profile=explore` others each time.
"""

from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=500)
settings.load_profile("steady")
