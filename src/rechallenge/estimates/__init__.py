"""The statistics: each method a pure function from a frame to rows of the results table. Imports nothing."""
