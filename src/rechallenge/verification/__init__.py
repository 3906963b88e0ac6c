"""A check that travels with the results: an R script that computes the estimates of a study again."""
