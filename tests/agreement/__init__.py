"""Agreement with R, one module per topic: see docs/statistics.md."""
