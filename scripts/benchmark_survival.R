# The same analyses by R's survival: Rscript benchmark_survival.R patients.csv runs; seconds and results as JSON lines.
suppressPackageStartupMessages(library(survival))
arguments <- commandArgs(TRUE)
patients <- read.csv(arguments[1])
runs <- as.integer(arguments[2])
months <- c(200, 400, 600)

said <- function(numbers) paste0("[", paste(sprintf("%.17g", numbers), collapse = ","), "]")
timed <- function(task, work, results) {
  seconds <- numeric(runs)
  for (run in seq_len(runs)) seconds[run] <- system.time(found <- work())[["elapsed"]]
  numbers <- results(found)
  fields <- paste0("\"", names(numbers), "\": ", vapply(numbers, said, ""), collapse = ", ")
  cat(sprintf("{\"task\": \"%s\", \"seconds\": %s, \"results\": {%s}}\n", task, said(seconds), fields))
}

timed("kaplan_meier", function() survfit(Surv(time, event) ~ 1, patients), function(fit) {
  at <- summary(fit, times = months)
  list(survival = at$surv, std_error = at$std.err, lower = at$lower, upper = at$upper, at_risk = at$n.risk,
       median = as.vector(quantile(fit, 0.5)$quantile))
})
timed("log_rank", function() survdiff(Surv(time, event) ~ x0, patients), function(test) list(chi2 = test$chisq))
timed("cox", function() coxph(Surv(time, event) ~ ., patients, ties = "efron"), function(fit) {
  list(coef = unname(coef(fit)), se = unname(sqrt(diag(vcov(fit)))), log_likelihood = fit$loglik,
       score_chi2 = fit$score, concordance = unname(fit$concordance[c("concordance", "std")]))
})
fit <- coxph(Surv(time, event) ~ ., patients, ties = "efron")
timed("proportional_hazards", function() cox.zph(fit), function(test) list(chi2 = unname(test$table[, "chisq"])))
