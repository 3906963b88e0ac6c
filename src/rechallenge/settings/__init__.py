"""Typed, frozen settings, one module per subject. This module imports nothing: each step loads its own."""
