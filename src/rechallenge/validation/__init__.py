"""What a data manager would query: schemas, clinical rules, waivers, rows set aside, the report and the gate.

Imports nothing, so that the gate starts without pandas. The entry point is `rechallenge.validation.check.check`.
"""
