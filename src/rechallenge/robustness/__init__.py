"""Whether the results stand when a definition is another one. This module imports nothing."""
