"""The report: printed numbers by name, Table 1, the page, the manuscript draft and the checklist."""
