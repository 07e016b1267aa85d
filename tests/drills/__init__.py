"""What the bot promises to survive, tried out: `python -m tests.drills` prints one table of figures.

Each module holds drills of one kind. A drill is a coroutine that takes *small* (the size of the
test suite; else the nightly one) and returns lines of the table.
"""
