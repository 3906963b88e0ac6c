# How each result is computed again. Needs R 4 with the package survival; cmprsk for competing risks, if it is there.
#
# check() compares one row of estimates.csv with what R finds. A value that only one side has is a disagreement.
# Differences are relative, of values below 1e-8 absolute.

suppressPackageStartupMessages(library(survival))
options(warn = 1, digits = 15)

MONTH <- 30.4375
TOLERANCE <- 1e-6
# R's default stops earlier than its numbers are exact.
CONTROL <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 50)
NO_CLASS <- c("unclassified", "not_evaluable", "unknown")
found <- list()

check <- function(id, estimate, lower, upper, p, within = TOLERANCE) {
  row <- estimates[match(id, estimates$estimate_id), ]
  if (is.na(row$estimate_id)) stop("estimates.csv has no row ", id, call. = FALSE)
  for (column in c("estimate", "lower", "upper", "p")) {
    # Only what was given is compared.
    if (eval(call("missing", as.name(column)))) next
    found[[length(found) + 1]] <<- data.frame(
      estimate_id = id, column = column, ours = row[[column]], r = unname(as.numeric(get(column))),
      within = within
    )
  }
}

# "main/PFS/rechallenge" and "n" -> "main/PFS/rechallenge/n", as estimates.csv writes its identifiers.
id <- function(...) gsub(" ", "_", paste(Filter(nzchar, c(...)), collapse = "/"))

# The interval of a share, within 0 and 1; a variance of 0, but for rounding, gives none.
share_bounds <- function(share, half) if (half > 1e-9) c(max(0, share - half), min(1, share + half)) else c(NA, NA)

# ---- data --------------------------------------------------------------------------------------------------------

# All columns are read as text: a column of "true" and "false", or of grades, is a class and no number.
read_table <- function(name, numbers) {
  data <- read.csv(file.path(folder, name), na.strings = "", colClasses = "character", check.names = FALSE, encoding = "UTF-8")
  for (column in intersect(numbers, names(data))) data[[column]] <- as.numeric(data[[column]])
  data
}

patients_of <- function(analysis) patients[patients$analysis == analysis, ]

# One row per patient, with the covariates; who has no class takes no part in comparisons and models.
times_of <- function(analysis, endpoint, population) {
  chosen <- times[times$analysis == analysis & times$endpoint == endpoint & times$population == population, ]
  data <- merge(chosen, patients_of(analysis), by = c("analysis", "patient"), sort = FALSE)
  for (column in names(data)) if (is.character(data[[column]])) data[[column]][data[[column]] %in% NO_CLASS] <- NA
  data
}

no_class <- function(values) ifelse(values %in% NO_CLASS, NA, values)

# where(d, resistance = "acquired"): the patients with these values; without one, nobody.
where <- function(data, ...) {
  for (name in names(list(...))) data <- data[which(as.character(data[[name]]) == list(...)[[name]]), ]
  data
}

delayed <- function(data) any(data$entry_days > 0)

response_of <- function(data) {
  if (delayed(data)) Surv(data$entry_days, data$days, data$event) else Surv(data$days, data$event)
}

# ---- Kaplan-Meier ------------------------------------------------------------------------------------------------

quantiles <- function(fit, shares) {
  q <- quantile(fit, shares)
  data.frame(estimate = as.numeric(q$quantile), lower = as.numeric(q$lower), upper = as.numeric(q$upper))
}

check_kaplan_meier <- function(prefix, data, months, interval, level) {
  check(id(prefix, "n"), nrow(data))
  check(id(prefix, "events"), sum(data$event))
  if (!nrow(data)) return(invisible())
  fit <- survfit(response_of(data) ~ 1, conf.type = interval, conf.int = level)
  q <- quantiles(fit, c(0.25, 0.5, 0.75)) / MONTH
  for (k in 1:3) check(id(prefix, c("q1", "median", "q3")[k]), q$estimate[k], q$lower[k], q$upper[k])
  m <- symmetric_median(fit, level) / MONTH
  check(id(prefix, "median_symmetric"), m[1], m[2], m[3])
  if (!length(months)) return(invisible())
  at <- summary(fit, times = months * MONTH, extend = TRUE)
  unknown <- months * MONTH > max(fit$time) & at$surv > 0
  for (k in seq_along(months)) {
    value <- if (unknown[k]) c(NA, NA, NA) else c(at$surv[k], at$lower[k], at$upper[k])
    check(id(prefix, "survival", months[k]), value[1], value[2], value[3])
    check(id(prefix, "at_risk", months[k]), at$n.risk[k])
  }
}

# The key results of a sensitivity analysis.
check_median <- function(prefix, data, interval, level) {
  check(id(prefix, "n"), nrow(data))
  check(id(prefix, "events"), sum(data$event))
  if (!nrow(data)) return(invisible())
  q <- quantiles(survfit(response_of(data) ~ 1, conf.type = interval, conf.int = level), 0.5) / MONTH
  check(id(prefix, "median"), q$estimate, q$lower, q$upper)
}

# Collett, Modelling Survival Data in Medical Research: the standard error of S at the median over the density there.
symmetric_median <- function(fit, level) {
  died <- fit$n.event > 0
  t <- fit$time[died]; r <- fit$n.risk[died]; d <- fit$n.event[died]
  # R's cumprod() keeps more digits than a number has, which decides where S is exactly 0.5.
  s <- Reduce(`*`, (r - d) / r, accumulate = TRUE)
  below <- which(s <= 0.5); high <- which(s >= 0.55); low <- which(s <= 0.45)
  if (!length(below)) return(c(NA, NA, NA))
  median <- t[below[1]]
  if (!length(high) || !length(low)) return(c(median, NA, NA))
  high <- max(high); low <- min(low)
  se <- s * sqrt(cumsum(ifelse(r > d, d / (r * (r - d)), 0)))
  half <- qnorm(0.5 + level / 2) * se[below[1]] / ((s[high] - s[low]) / (t[low] - t[high]))
  median + c(0, -half, half)
}

check_follow_up <- function(prefix, data, interval, level) {
  if (!nrow(data)) return(invisible())
  q <- quantiles(survfit(Surv(days, 1 - event) ~ 1, data, conf.type = interval, conf.int = level), 0.5) / MONTH
  check(id(prefix, "median"), q$estimate, q$lower, q$upper)
}

# ---- comparisons -------------------------------------------------------------------------------------------------

check_log_rank <- function(prefix, data, column) {
  data <- data[!is.na(data[[column]]), ]
  test <- survdiff(Surv(days, event) ~ data[[column]], data)
  p <- pchisq(test$chisq, length(test$n) - 1 - sum(test$exp == 0), lower.tail = FALSE)
  check(id(prefix, "chi2"), test$chisq, p = p)
  check(id(prefix, "p"), p, p = p)
}

# ---- Cox models --------------------------------------------------------------------------------------------------

# Each covariate is c(name, reference) for a class, or c(name, unit) with a number for a number.
model_frame <- function(data, covariates, missing = MISSING) {
  known <- rep(TRUE, nrow(data))
  for (name in names(covariates)) {
    if (missing == "missing_category" && !is.numeric(covariates[[name]])) {
      data[[name]][is.na(data[[name]])] <- "missing"
    }
    known <- known & !is.na(data[[name]])
  }
  kept <- data[known, ]
  for (name in names(covariates)) {
    how <- covariates[[name]]
    kept[[name]] <- if (is.numeric(how)) kept[[name]] / how else {
      classes <- factor(as.character(kept[[name]]), levels = sort(unique(as.character(kept[[name]])), method = "radix"))
      # A model without its reference was not fitted; only its sizes are compared.
      if (how %in% levels(classes)) relevel(classes, how) else classes
    }
  }
  list(data = kept, dropped = sum(!known))
}

fit_cox <- function(data, names, ...) {
  coxph(reformulate(names, "Surv(days, event)"), data, ties = "efron", x = TRUE,
        control = CONTROL, ...)
}

# Identifier of each coefficient: term, level, reference.
coefficient_ids <- function(data, covariates, named) {
  unlist(lapply(names(covariates), function(name) {
    how <- covariates[[name]]
    term <- if (named) name else ""
    if (is.numeric(how)) return(id(term, if (how == 1) "" else paste0("per ", how)))
    classes <- levels(data[[name]])
    vapply(classes[-1], function(level) id(term, level, classes[1]), "")
  }))
}

# R stops with an error where the events have too few times for any of the tests of proportional hazards: NULL, and
# there is no second value.
proportional <- function(fit) {
  tryCatch(cox.zph(fit, transform = "km", terms = FALSE)$table, error = function(problem) NULL)
}

# A univariable model has its covariate in the prefix: its coefficients are not named (named = FALSE).
# Of a sensitivity analysis only sizes and hazard ratios are kept (whole = FALSE).
check_cox <- function(prefix, data, covariates, level, named = TRUE, whole = TRUE) {
  made <- model_frame(data, covariates)
  kept <- made$data
  check(id(prefix, "n"), nrow(kept))
  check(id(prefix, "events"), sum(kept$event))
  check(id(prefix, "dropped"), made$dropped)
  for (name in names(covariates)) if (is.factor(kept[[name]])) for (class in levels(kept[[name]])) {
    check(id(prefix, if (named) name else "", class, "n"), sum(kept[[name]] == class))
  }
  ids <- coefficient_ids(kept, covariates, named)
  fit <- fit_cox(kept, names(covariates))
  b <- coef(fit); se <- sqrt(diag(vcov(fit))); z <- qnorm(0.5 + level / 2)
  p <- 2 * pnorm(-abs(b / se))
  for (k in seq_along(b)) {
    check(id(prefix, ids[k], "hr"), exp(b[k]), exp(b[k] - z * se[k]), exp(b[k] + z * se[k]), p[k])
  }
  if (!whole) return(invisible())
  df <- length(b)
  check(id(prefix, "parameters"), df)
  check(id(prefix, "events_per_variable"), sum(kept$event) / df)
  ph <- proportional(fit)
  for (k in seq_along(b)) {
    check(id(prefix, ids[k], "coef"), b[k], b[k] - z * se[k], b[k] + z * se[k], p[k])
    check(id(prefix, ids[k], "se"), se[k])
    if (is.null(ph)) next
    check(id(prefix, ids[k], "ph_chi2"), ph[k, "chisq"], p = ph[k, "p"])
    check(id(prefix, ids[k], "ph_p"), ph[k, "p"], p = ph[k, "p"])
  }
  if (named && !is.null(ph)) {
    check(id(prefix, "global", "ph_chi2"), ph[nrow(ph), "chisq"], p = ph[nrow(ph), "p"])
    check(id(prefix, "global", "ph_p"), ph[nrow(ph), "p"], p = ph[nrow(ph), "p"])
  }
  chi2 <- c(likelihood_ratio = 2 * diff(fit$loglik), wald = unname(fit$wald.test), score = fit$score)
  for (name in names(chi2)) {
    check(id(prefix, paste0(name, "_chi2")), chi2[[name]], p = pchisq(chi2[[name]], df, lower.tail = FALSE))
  }
  agreement <- concordance(fit)
  half <- z * sqrt(agreement$var)
  bounds <- share_bounds(agreement$concordance, half)
  check(id(prefix, "concordance"), agreement$concordance, bounds[1], bounds[2])
}

# ---- patients ----------------------------------------------------------------------------------------------------

check_classes <- function(prefix, values, levels) {
  values <- as.character(values)
  for (level in levels) {
    check(id(prefix, level, "n"), sum(values == level, na.rm = TRUE))
    check(id(prefix, level, "percent"), 100 * sum(values == level, na.rm = TRUE) / length(values))
  }
  check(id(prefix, "missing"), sum(is.na(values)))
}

# Exact limits of a share (Clopper and Pearson), in percent.
check_rate <- function(prefix, values, counted, level) {
  hits <- sum(values %in% counted); exact <- binom.test(hits, length(values), conf.level = level)$conf.int
  check(prefix, 100 * hits / length(values), 100 * exact[1], 100 * exact[2])
}

check_response <- function(prefix, values, levels) {
  values <- ifelse(is.na(values), "unknown", values)
  for (level in levels) {
    check(id(prefix, level, "n"), sum(values == level))
    check(id(prefix, level, "percent"), 100 * mean(values == level))
  }
}

check_numbers <- function(prefix, values) {
  q <- quantile(values, c(0.25, 0.5, 0.75), na.rm = TRUE, type = 7)
  for (k in 1:3) check(id(prefix, c("q1", "median", "q3")[k]), q[k])
  if (id(prefix, "missing") %in% estimates$estimate_id) check(id(prefix, "missing"), sum(is.na(values)))
}

check_cutoff <- function(prefix, days, cutoff, boundary) {
  parts <- list(below_cutoff = days < cutoff, from_cutoff = days >= cutoff, within = abs(days - cutoff) <= boundary)
  names(parts)[3] <- paste0("within_", boundary, "_days")
  for (level in names(parts)) {
    check(id(prefix, level, "n"), sum(parts[[level]]))
    check(id(prefix, level, "percent"), 100 * mean(parts[[level]]))
  }
}

check_counts <- function(prefix, values, levels) {
  values <- as.character(values)
  for (level in levels) {
    check(id(prefix, level, "n"), sum(values == level, na.rm = TRUE))
    if (any(!is.na(values))) check(id(prefix, level, "percent"), 100 * mean(values == level, na.rm = TRUE))
  }
  check(id(prefix, "missing"), sum(is.na(values)))
}

# The test of Table 1 that the row names: Wilcoxon, chi-square without continuity correction, or Fisher.
check_test <- function(prefix, values, group, numeric) {
  known <- !is.na(values) & !is.na(group)
  values <- values[known]; group <- factor(group[known])
  p <- if (numeric) {
    exact <- max(table(group)) < 50 && !anyDuplicated(values)
    wilcox.test(values ~ group, exact = exact, correct = TRUE)$p.value
  } else {
    counts <- table(values, group)
    counts <- counts[rowSums(counts) > 0, ]
    few <- any(outer(rowSums(counts), colSums(counts)) / sum(counts) < 5)
    if (few) fisher.test(counts, workspace = 2e7)$p.value else suppressWarnings(chisq.test(counts, correct = FALSE)$p.value)
  }
  check(id(prefix, "p"), p, p = p)
}

# PFS after rechallenge over time to progression on the first ICI (growth modulation index).
check_pfs_ratio <- function(prefix, data, interval, level, above) {
  data <- data[which(data$days_to_progression > 0), ]
  data$ratio <- round(data$days / data$days_to_progression, 8)
  check(id(prefix, "n"), nrow(data))
  if (!nrow(data)) return(invisible())
  fit <- survfit(Surv(ratio, event) ~ 1, data, conf.type = interval, conf.int = level)
  q <- quantiles(fit, 0.5)
  check(id(prefix, "ratio_median"), q$estimate, q$lower, q$upper)
  at <- summary(fit, times = above, extend = TRUE)
  value <- if (max(data$ratio) >= above || at$surv == 0) 100 * c(at$surv, at$lower, at$upper) else c(NA, NA, NA)
  check(id(prefix, "ratio_above", above), value[1], value[2], value[3])
}
