"""Retrospective studies of immune-checkpoint-inhibitor rechallenge in advanced NSCLC.

This module imports nothing on purpose: each workflow step loads, and is fingerprinted by,
only the modules that it uses.
"""
