"""One module per topic: how far the project's results are from R's, over the data sets of tests/reference.

A module has `differences() -> Iterator[tuple[str, str, float]]`: the quantity, the data set, and the largest relative
difference. `scripts/agreement_with_r.py` finds the modules, and prints the table of docs/statistics.md.
"""
