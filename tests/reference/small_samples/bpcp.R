# The answers of R's package bpcp (Fay, Brittain and Proschan), which Debian does not have. Rscript bpcp.R OUTPUT.json
# Not run by `make r-fixtures`; bpcp.json was made once with bpcp 1.4.2 of CRAN.
suppressPackageStartupMessages({library(survival); library(bpcp); library(jsonlite)})
output <- commandArgs(TRUE)[1]
one <- function(d) {
  b <- bpcp(d$time, d$event)
  q <- quantile(b, 0.5)
  list(time = b$L, lower = b$lower, upper = b$upper, median_lower = q[1, "lower"], median_upper = q[1, "upper"])
}
out <- list()
for (file in sort(list.files("..", "csv$"))) {
  d <- read.csv(file.path("..", file))
  d$event <- as.integer(d$event == 1)
  out[[sub(".csv", "", file, fixed = TRUE)]] <- lapply(split(d, d$group), one)
}
# The 6-MP arm of Freireich et al. 1963, weeks of remission: the example of the package.
leuk <- data.frame(time = c(6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35),
                   event = c(1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0))
out$leuk <- list(all = one(leuk))
write(toJSON(out, auto_unbox = TRUE, digits = NA, na = "null"), output)
