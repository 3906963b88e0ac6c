# R's answers for interactions and subgroups. Rscript make.R OUTPUT.json
# Input: the data sets one folder up; the product of group and strata, unadjusted and adjusted, and group by a cut number.
suppressPackageStartupMessages({library(survival); library(jsonlite)})
output <- commandArgs(TRUE)[1]
z <- qnorm(0.975)
combination <- function(m, names) {
  w <- as.numeric(names(coef(m)) %in% names)
  log <- sum(w * coef(m)); half <- z * sqrt(drop(w %*% vcov(m) %*% w))
  unname(exp(c(log, log - half, log + half)))
}
products <- function(d, a, b, others = character()) {
  d <- d[complete.cases(d[, c(a, b, others)]), ]
  d$one <- factor(d[[a]]); d$other <- factor(d[[b]])
  rest <- if (length(others)) paste("+", paste(others, collapse = " + ")) else ""
  control <- coxph.control(eps = 1e-12, toler.chol = 1e-13, iter.max = 50)
  m0 <- coxph(as.formula(paste("Surv(time, event) ~ one + other", rest)), d, control = control)
  m1 <- coxph(as.formula(paste("Surv(time, event) ~ one + other", rest, "+ one:other")), d, control = control)
  test <- anova(m0, m1)
  r <- list(n = m1$n, events = m1$nevent, chisq = test$Chisq[2], df = test$Df[2],
            p = pchisq(test$Chisq[2], test$Df[2], lower.tail = FALSE), hr = list(), ratio = list())
  for (i in levels(d$one)[-1]) for (j in levels(d$other)) {
    names <- c(paste0("one", i), paste0("one", i, ":other", j))
    r$hr[[paste(i, "within", j)]] <- combination(m1, names)
    if (j != levels(d$other)[1]) r$ratio[[paste(i, j)]] <- combination(m1, names[2])
  }
  for (j in levels(d$other)[-1]) for (i in levels(d$one))
    r$reverse[[paste(j, "within", i)]] <- combination(m1, c(paste0("other", j), paste0("one", i, ":other", j)))
  r
}
out <- list()
for (file in sort(list.files("..", "csv$"))) {
  name <- sub(".csv", "", file, fixed = TRUE)
  d <- read.csv(file.path("..", file))
  d$event <- as.integer(d$event == 1)
  number <- if ("x3" %in% names(d)) "x3" else "age"
  d$old <- ifelse(d[[number]] < 65, "<65", ">=65")
  others <- if ("x3" %in% names(d)) c("x1", "x2") else "age"
  try_it <- function(...) tryCatch(products(...), warning = function(w) NULL, error = function(e) NULL)
  out[[name]] <- list(unadjusted = try_it(d, "group", "strata"), adjusted = try_it(d, "group", "strata", others),
                      subgroup = try_it(d, "group", "old"))
}
write(toJSON(out, auto_unbox = TRUE, digits = NA, null = "null", na = "null"), output)
