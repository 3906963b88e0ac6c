"""Studies of several hospitals pooled from what each of them shares."""
