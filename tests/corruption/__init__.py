"""The corruption trial: damage of every kind done to the inputs, and what became of it (docs/corruption.md)."""
