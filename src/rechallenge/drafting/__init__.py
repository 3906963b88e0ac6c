"""Drafting a mapping for an extract that nobody has described yet, and checking one without running the study."""
