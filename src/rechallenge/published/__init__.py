"""Published figures: reading them, and testing whether they can hold together."""
