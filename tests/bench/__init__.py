"""How fast the bot is and how much it holds, beside what else one could take: `python -m tests.bench`.

`table` says what a figure looks like; every other module measures a group of rows, listed in its `MEASURES`.
Nothing here runs inside the test suite: a busy machine would fail it.
"""
