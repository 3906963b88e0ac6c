"""The clinical derivations, from accepted rows to times to event. This module imports nothing."""
