"""The words of the definitions, by subject, each composed from the values that a study really uses."""
