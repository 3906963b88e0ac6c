"""Disclosure control: what a public release withholds, so that no small number of patients can be read from it.

`suppression` decides on counts and their sums, `counted` finds the counts of the results table, `estimates`, `curves`
and `small_tables` protect the frames from which every shareable file is made. Everything is a pure function of them.
"""
