"""A simulated multi-centre lung-cancer registry with known truth. This module imports nothing.

Order of reading: `parameters` (every number of the model), `patients` (who they are), `drugs` (which are given),
`scans` (when progression is seen), `intentions`, `segments` and `courses` (the lines of therapy), `safety`, `extract`
(the clean tables), `dirt` (what real extracts look like), `rendering` and `writing` (the files), `registry` (all of it
in one call). `resemblance` and `trial_run` serve the choice of the demo's seed.
"""
