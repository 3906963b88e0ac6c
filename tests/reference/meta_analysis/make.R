# Random-effects meta-analyses by metafor, for tests/federation/test_meta_analysis.py: Rscript make.R OUTPUT.json
library(metafor)
library(jsonlite)

output <- commandArgs(trailingOnly = TRUE)[1]
control <- list(threshold = 1e-14, tol = 1e-14, maxiter = 10000)

data <- list(
  five_hospitals = list(y = c(1.247, 0.83, 1.61, 0.42, 1.05), se = c(0.398, 0.31, 0.55, 0.27, 0.44)),
  alike = list(y = c(0.50, 0.52, 0.49, 0.51), se = c(0.30, 0.25, 0.40, 0.35)),
  apart = list(y = c(-1.2, 0.3, 1.9, 0.1, 2.4, -0.6), se = c(0.21, 0.35, 0.30, 0.15, 0.5, 0.33)),
  two = list(y = c(0.2, 1.1), se = c(0.25, 0.30)),
  three = list(y = c(0.1, 0.9, 0.4), se = c(0.2, 0.3, 0.9)),
  # Colditz 1994, of metafor's own documentation: log risk ratios of 13 trials of BCG.
  bcg = local({
    made <- escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
    list(y = as.numeric(made$yi), se = sqrt(as.numeric(made$vi)))
  })
)
tests <- c(off = "z", plain = "knha", guarded = "adhoc")

one <- function(y, se, method, hk) {
  fit <- rma(yi = y, sei = se, method = method, test = tests[[hk]], control = control)
  further <- if (length(y) > 2) {
    half <- qt(0.975, length(y) - 2) * sqrt(fit$tau2 + fit$se^2)
    c(coef(fit) - half, coef(fit) + half)
  } else c(NA, NA)
  profile <- confint(fit, control = list(tol = 1e-14, maxiter = 10000, tau2.max = 1e6))$random
  list(
    estimate = unname(coef(fit)), se = fit$se, lower = fit$ci.lb, upper = fit$ci.ub, p = fit$pval,
    weights = unname(weights(fit)), tau2 = fit$tau2, i2 = fit$I2, h2 = fit$H2, q = fit$QE, q_p = fit$QEp,
    prediction = unname(further),
    tau2_lower = profile["tau^2", "ci.lb"], tau2_upper = profile["tau^2", "ci.ub"],
    i2_lower = profile["I^2(%)", "ci.lb"], i2_upper = profile["I^2(%)", "ci.ub"]
  )
}

answers <- lapply(data, function(item) {
  methods <- c("REML", "DL", "PM")
  fits <- list()
  for (method in methods) for (hk in names(tests)) {
    fits[[paste(method, hk, sep = "/")]] <- one(item$y, item$se, method, hk)
  }
  common <- rma(yi = item$y, sei = item$se, method = "EE")
  list(
    y = item$y, se = item$se, fits = fits,
    common = list(estimate = unname(coef(common)), se = common$se, lower = common$ci.lb, upper = common$ci.ub)
  )
})
write(toJSON(answers, digits = NA, auto_unbox = TRUE, na = "null", pretty = TRUE), output)
