"""Invented patients with expected results: a clinician's test of the definitions."""
