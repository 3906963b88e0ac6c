"""From any registry's files to the canonical tables. This module imports nothing."""
