# Competing events: incidences, Gray's test, cause-specific and subdistribution hazards of a made-up cohort of PFS.
# Usage: Rscript make.R OUTPUT.json, in this folder.
suppressMessages({library(survival); library(cmprsk); library(jsonlite)})
output <- commandArgs(trailingOnly = TRUE)[1]
d <- read.csv("pfs.csv", colClasses = c(patient_id = "character"))
causes <- c("progression", "death")
d$kind <- factor(ifelse(d$event == 1, d$event_type, "censored"), levels = c("censored", causes))
d$code <- as.integer(d$kind) - 1
times <- c(3, 6, 12) * 30.4375

incidence <- function(own, interval) {
  s <- summary(survfit(Surv(days, kind) ~ 1, own, conf.type = interval), times = times, extend = TRUE)
  sapply(causes, function(cause) {
    at <- match(cause, s$states)
    list(estimate = s$pstate[, at], lower = s$lower[, at], upper = s$upper[, at])
  }, simplify = FALSE)
}
groups <- list(overall = d, acquired = subset(d, resistance == "acquired"), primary = subset(d, resistance == "primary"))
curves <- lapply(groups, function(own) sapply(c("log", "log-log", "plain"), function(i) incidence(own, i), simplify = FALSE))
gray <- cuminc(d$days, d$code, d$resistance)$Tests
of_class <- as.numeric(d$resistance == "primary")
cause_specific <- lapply(setNames(causes, causes), function(cause) {
  s <- summary(coxph(Surv(days, code == match(cause, causes)) ~ of_class, d))$coefficients
  list(coef = s[1], se = s[3])
})
# crr interpolates the curve of censoring between (0, 1) and its steps: a time of 0 would count half. The model depends on
# the order of times only, so that all are a day later here.
fine_gray <- lapply(setNames(causes, causes), function(cause) {
  m <- crr(d$days + 1, d$code, cbind(of_class), failcode = match(cause, causes), cencode = 0, gtol = 1e-12, maxiter = 100)
  list(coef = unname(m$coef), se = sqrt(m$var[1, 1]))
})
answers <- list(curves = curves, gray = list(progression = unname(gray["1", "stat"]), death = unname(gray["2", "stat"])),
                cause_specific = cause_specific, fine_gray = fine_gray)
write_json(answers, output, digits = NA, auto_unbox = TRUE, na = "null", null = "null", pretty = TRUE)
