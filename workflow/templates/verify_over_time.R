# ---- what changes with time --------------------------------------------------------------------------------------

# Only rows that estimates.csv has: what could not be fitted there has none.
if_there <- function(key, ...) if (key %in% estimates$estimate_id) check(key, ...)

# Hazard ratios of a fitted model: coefficients that `keep` chooses, under their identifiers.
effects <- function(prefix, ids, fit, level, keep = seq_along(ids), at = "", statistic = "hr") {
  b <- coef(fit); se <- sqrt(diag(vcov(fit))); z <- qnorm(0.5 + level / 2); p <- 2 * pnorm(-abs(b / se))
  ph <- if (at == "") proportional(fit)
  for (k in keep) {
    if_there(id(prefix, ids[k], statistic, at), exp(b[k]), exp(b[k] - z * se[k]), exp(b[k] + z * se[k]), p[k])
    if_there(id(prefix, ids[k], "coef", at), b[k], b[k] - z * se[k], b[k] + z * se[k], p[k])
    if_there(id(prefix, ids[k], "se", at), se[k])
    if (!is.null(ph)) {
      if_there(id(prefix, ids[k], "ph_chi2"), ph[k, "chisq"], p = ph[k, "p"])
      if_there(id(prefix, ids[k], "ph_p"), ph[k, "p"], p = ph[k, "p"])
    }
  }
}

# The log-rank test of two or more groups with rows (start, stop]: hypergeometric mean and variance at each event.
rows_log_rank <- function(start, stop, event, group) {
  group <- factor(group); k <- nlevels(group); u <- numeric(k); v <- matrix(0, k, k)
  for (t in sort(unique(stop[event == 1]))) {
    n_k <- as.numeric(table(group[start < t & stop >= t])); d_k <- as.numeric(table(group[stop == t & event == 1]))
    n <- sum(n_k); d <- sum(d_k)
    u <- u + d_k - d * n_k / n
    if (n > 1) v <- v + d * (n - d) / (n - 1) * (diag(n_k / n, k) - outer(n_k / n, n_k / n))
  }
  keep <- seq_len(k - 1)
  chi2 <- drop(u[keep] %*% solve(v[keep, keep, drop = FALSE]) %*% u[keep])
  c(chi2, pchisq(chi2, k - 1, lower.tail = FALSE))
}

test_rows <- function(prefix, test, at = "") {
  if_there(id(prefix, "chi2", at), test[1], p = test[2])
  if_there(id(prefix, "p", at), test[2], p = test[2])
}

# Median, survival, n and events of one curve, those that estimates.csv has.
curve_rows <- function(prefix, data, months, interval, level, at = "") {
  if_there(id(prefix, "n", at), nrow(data))
  if_there(id(prefix, "events", at), sum(data$event))
  if (!nrow(data)) return(invisible())
  fit <- survfit(response_of(data) ~ 1, conf.type = interval, conf.int = level)
  q <- quantiles(fit, 0.5) / MONTH
  if_there(id(prefix, "median", at), q$estimate, q$lower, q$upper)
  if (!length(months)) return(invisible())
  s <- summary(fit, times = months * MONTH, extend = TRUE)
  unknown <- months * MONTH > max(fit$time) & s$surv > 0
  for (k in seq_along(months)) {
    value <- if (unknown[k]) c(NA, NA, NA) else c(s$surv[k], s$lower[k], s$upper[k])
    if_there(id(prefix, "survival", months[k]), value[1], value[2], value[3])
  }
}

# Rechallenge as an exposure that comes with time: everybody is unexposed until `exposed_days`.
exposure_rows <- function(data) {
  changed <- !is.na(data$exposed_days) & data$exposed_days < data$days
  before <- data
  before$start <- -1; before$exposed <- 0
  before$days[changed] <- data$exposed_days[changed]; before$event[changed] <- 0
  after <- data[changed, ]
  after$start <- after$exposed_days; after$exposed <- rep(1, nrow(after))
  rbind(before, after)
}

# Hazard ratios of `x` until and after a time, each with the rest of its key; the columns of `others` have one.
check_by_period <- function(key, rows, x, others, references, level) {
  # The whole month in the middle of the deaths.
  month <- max(1, round(median(rows$days[rows$event == 1]) / MONTH))
  split <- survSplit(Surv(start, days, event) ~ ., data.frame(rows[c("start", "days", "event")], row = seq_len(nrow(rows))),
                     cut = round(month * MONTH, 8), episode = "period", start = "start", end = "days")
  xs <- x[split$row, , drop = FALSE]
  made <- cbind(xs * (split$period == 1), xs * (split$period == 2), others[split$row, , drop = FALSE])
  fit <- coxph(Surv(split$start, split$days, split$event) ~ made, ties = "efron", control = CONTROL)
  together <- coxph(Surv(rows$start, rows$days, rows$event) ~ cbind(x, others), ties = "efron", control = CONTROL)
  said <- function(period) id_of(paste(colnames(x), period, month, "months"), references)
  effects(key, c(said("until"), said("after")), fit, level)
  chi2 <- 2 * (fit$loglik[2] - together$loglik[2])
  if_there(id(key, "time_split_chi2"), chi2, p = pchisq(chi2, ncol(x), lower.tail = FALSE))
}

# Whether a model is there: it is not where hazards are proportional.
is_there <- function(key) any(startsWith(estimates$estimate_id, paste0(key, "/")))

check_exposure <- function(prefix, data, covariates, months, interval, level, enough) {
  term <- "rechallenged"
  data$rechallenged <- ifelse(is.na(data$exposed_days), "false", "true")
  naive <- id(prefix, "exposure_naive", term)
  for (class in c("true", "false")) {
    check_kaplan_meier(id(naive, class), where(data, rechallenged = class), months, interval, level)
  }
  check_log_rank(naive, data, "rechallenged")
  effects(naive, id("true", "false"), fit_cox(transform(data, x = rechallenged == "true"), "x"), level)

  rows <- exposure_rows(data)
  timed <- id(prefix, "exposure_time_dependent")
  for (class in c("true", "false")) {
    own <- rows[rows$exposed == (class == "true"), ]
    person <- sum(own$days - pmax(own$start, 0)) / MONTH
    check(id(timed, term, class, "n"), nrow(own))
    check(id(timed, term, class, "events"), sum(own$event))
    check(id(timed, term, class, "person_months"), person)
    if_there(id(timed, term, class, "rate"), 100 * sum(own$event) / person)
  }
  crude <- coxph(Surv(start, days, event) ~ exposed, rows, ties = "efron", control = CONTROL)
  effects(timed, id(term, "true", "false"), crude, level)
  if_there(id(timed, "likelihood_ratio_chi2"), 2 * diff(crude$loglik),
              p = pchisq(2 * diff(crude$loglik), 1, lower.tail = FALSE))

  state <- cbind("true" = rows$exposed)
  by_period <- id(prefix, "exposure_time_dependent_time_split", term)
  if (is_there(by_period)) check_by_period(by_period, rows, state, NULL, "false", level)

  if (length(covariates)) {
    made <- model_frame(data, covariates)
    adjusted <- id(prefix, "exposure_adjusted")
    check(id(adjusted, "n"), nrow(made$data))
    check(id(adjusted, "dropped"), made$dropped)
    split <- exposure_rows(made$data)
    fit <- coxph(reformulate(c("exposed", names(covariates)), "Surv(start, days, event)"), split, ties = "efron",
                 control = CONTROL)
    ids <- c(id(term, "true", "false"), coefficient_ids(made$data, covariates, TRUE))
    effects(adjusted, ids, fit, level)
    df <- length(coef(fit))
    if_there(id(adjusted, "likelihood_ratio_chi2"), 2 * diff(fit$loglik),
                p = pchisq(2 * diff(fit$loglik), df, lower.tail = FALSE))
    by_period <- id(prefix, "exposure_adjusted_time_split", term)
    if (is_there(by_period)) {
      others <- model.matrix(reformulate(names(covariates)), split)[, -1, drop = FALSE]
      check_by_period(by_period, split, cbind("true" = split$exposed), others, "false", level)
    }
  }
  test_rows(id(prefix, "exposure_mantel_byar", term), rows_log_rank(rows$start, rows$days, rows$event, rows$exposed))

  # Simon and Makuch: both curves start on the first day of a rechallenge with enough patients under observation after it.
  exposed <- rows[rows$exposed == 1, ]
  days <- sort(unique(exposed$start))
  under <- vapply(days, function(day) sum(exposed$start <= day & exposed$days > day), 1L)
  begins <- days[which(under >= min(enough, max(under)))[1]]
  makuch <- id(prefix, "exposure_simon_makuch", term)
  check(id(makuch, "starts"), begins / MONTH)
  for (class in c("true", "false")) {
    own <- rows[rows$exposed == (class == "true") & rows$days > begins, ]
    own$entry_days <- pmax(own$start, begins, 0)
    curve_rows(id(makuch, class), own, months, interval, level)
  }
  bias <- id(prefix, "immortal_time_bias", term)
  ever <- where(data, rechallenged = "true")
  check(id(bias, "waited_months"), sum(ever$exposed_days) / MONTH)
  if_there(id(bias, "percent"), 100 * sum(ever$exposed_days) / sum(ever$days))
  ratio <- exp(coef(crude) - coef(fit_cox(transform(data, x = rechallenged == "true"), "x")))
  if_there(id(bias, "ratio_of_hazard_ratios"), ratio)
}

check_landmark <- function(prefix, data, month, interval, level) {
  by <- id(prefix, "rechallenged_by_then")
  gone <- data[data$days <= month * MONTH, ]
  left <- data[data$days > month * MONTH, ]
  check(id(by, "died", "left_out", month), sum(gone$event))
  check(id(by, "not_followed", "left_out", month), sum(1 - gone$event))
  check(id(by, "rechallenged_later", month), sum(left$exposed_days > month * MONTH, na.rm = TRUE))
  left$then <- ifelse(!is.na(left$exposed_days) & left$exposed_days <= month * MONTH, "true", "false")
  left$days <- round(left$days - month * MONTH, 8)
  for (class in c("true", "false")) curve_rows(id(by, class), where(left, then = class), c(), interval, level, at = month)
  if (length(unique(left$then)) < 2) return(invisible())
  test_rows(by, rows_log_rank(rep(-1, nrow(left)), left$days, left$event, left$then), at = month)
  effects(by, id("true", "false"), fit_cox(transform(left, x = then == "true"), "x"), level, at = month)
}

# Overall survival from the first ICI: patients enter at rechallenge, or as if they had been there from the start.
check_delayed_entry <- function(prefix, data, column, reference, months, interval, level) {
  classes <- sort(unique(data[[column]]), method = "radix")
  for (model in c("delayed_entry", "delayed_entry_ignored")) {
    own <- data
    if (model == "delayed_entry_ignored") own$entry_days <- 0
    curve_rows(id(prefix, model, "overall"), own, months, interval, level)
    for (class in classes) curve_rows(id(prefix, model, column, class), own[which(own[[column]] == class), ], months, interval, level)
    known <- own[!is.na(own[[column]]), ]
    if (length(classes) < 2) next
    if (model == "delayed_entry") {
      test_rows(id(prefix, model, column), rows_log_rank(known$entry_days, known$days, known$event, known[[column]]))
    }
    # Without a fitted model there is no reference.
    if (!reference %in% classes) next
    known$x <- relevel(factor(known[[column]]), reference)
    fit <- coxph(response_of(known) ~ x, known, ties = "efron", control = CONTROL)
    effects(id(prefix, model, column), id_of(levels(known$x)[-1], reference), fit, level)
    by_period <- id(prefix, paste0(model, "_time_split"), column)
    if (is_there(by_period)) {
      classes_apart <- model.matrix(~ x, known)[, -1, drop = FALSE]
      colnames(classes_apart) <- levels(known$x)[-1]
      known$start <- known$entry_days
      check_by_period(by_period, known, classes_apart, NULL, reference, level)
    }
  }
}

# Whether those who entered later have another risk afterwards.
check_entry <- function(prefix, data, level) {
  data$entry_months <- data$entry_days / MONTH
  fit <- coxph(Surv(entry_days, days, event) ~ entry_months, data, control = CONTROL)
  effects(prefix, "", fit, level)
}

id_of <- function(levels, reference) vapply(levels, function(level) id(level, reference), "")

# ---- competing events --------------------------------------------------------------------------------------------

# Progression, death, then what else ended the time, as the estimates order them.
causes_of <- function(data) {
  there <- unique(data$event_type[data$event == 1])
  c("progression", "death", sort(setdiff(there, c("progression", "death")), method = "radix"))
}

cause_of <- function(data, causes) factor(ifelse(data$event == 1, data$event_type, "censored"), levels = c("censored", causes))

check_incidence <- function(prefix, data, cause, causes, months, interval, level) {
  kind <- cause_of(data, causes)
  check(id(prefix, "n"), nrow(data))
  check(id(prefix, "events"), sum(kind == cause))
  if (!nrow(data)) return(invisible())
  if (!any(kind != "censored")) return(invisible())
  fit <- survfit(Surv(data$days, kind) ~ 1, conf.type = interval, conf.int = level)
  s <- summary(fit, times = months * MONTH, extend = TRUE)
  column <- match(cause, fit$states)
  for (k in seq_along(months)) {
    if (months[k] * MONTH > max(data$days) && s$pstate[k, 1] > 0) next
    value <- c(s$pstate[k, column], s$lower[k, column], s$upper[k, column])
    # Before any event there is no interval; R gives one patient that of 0 to 0.
    if (value[1] == 0) value[2:3] <- NA
    if_there(id(prefix, "cumulative_incidence", months[k]), value[1], value[2], value[3])
  }
}

check_gray <- function(prefix, data, column, cause, causes) {
  if (!requireNamespace("cmprsk", quietly = TRUE)) return(invisible())
  data <- data[!is.na(data[[column]]), ]
  code <- as.integer(cause_of(data, causes)) - 1
  test <- cmprsk::cuminc(data$days, code, data[[column]])$Tests[as.character(match(cause, causes)), ]
  test_rows(prefix, c(test[["stat"]], test[["pv"]]))
}

check_cause_specific <- function(prefix, data, column, reference, cause, level) {
  data$event <- as.integer(data$event == 1 & data$event_type == cause)
  data$event[is.na(data$event)] <- 0
  made <- model_frame(data, setNames(list(reference), column))
  effects(prefix, coefficient_ids(made$data, setNames(list(reference), column), FALSE), fit_cox(made$data, column), level)
}

check_fine_gray <- function(prefix, data, column, reference, cause, causes, level) {
  if (!requireNamespace("cmprsk", quietly = TRUE)) return(invisible())
  made <- model_frame(data, setNames(list(reference), column))
  x <- model.matrix(reformulate(column), made$data)[, -1, drop = FALSE]
  code <- as.integer(cause_of(made$data, causes)) - 1
  fit <- cmprsk::crr(made$data$days, code, x, failcode = match(cause, causes), cencode = 0, gtol = 1e-10, maxiter = 100)
  ids <- coefficient_ids(made$data, setNames(list(reference), column), FALSE)
  b <- fit$coef; se <- sqrt(diag(fit$var)); z <- qnorm(0.5 + level / 2); p <- 2 * pnorm(-abs(b / se))
  for (k in seq_along(b)) {
    if_there(id(prefix, ids[k], "shr"), exp(b[k]), exp(b[k] - z * se[k]), exp(b[k] + z * se[k]), p[k])
    if_there(id(prefix, ids[k], "coef"), b[k], b[k] - z * se[k], b[k] + z * se[k], p[k])
    if_there(id(prefix, ids[k], "se"), se[k])
  }
}

# ---- progression between two scans -------------------------------------------------------------------------------

wide <- function(data) data$event == 1 & !is.na(data$interval_upper_days) & data$interval_lower_days < data$interval_upper_days

at_midpoint <- function(data) {
  between <- wide(data)
  data$days[between] <- round((data$interval_lower_days[between] + data$interval_upper_days[between]) / 2, 8)
  data
}

# Lower and upper days: equal for an exact event, upper missing for the censored.
bounds <- function(data) {
  cbind(ifelse(wide(data), data$interval_lower_days, data$days), ifelse(data$event == 1, data$days, NA))
}

check_dating <- function(prefix, data, months, interval, level, parts) {
  curve_rows(id(prefix, "dating_right_end", parts), data, months, interval, level)
  curve_rows(id(prefix, "dating_midpoint", parts), at_midpoint(data), months, interval, level)
  interval_curve <- id(prefix, "dating_interval", parts)
  if_there(id(interval_curve, "n"), nrow(data))
  if_there(id(interval_curve, "events"), sum(data$event))
  if (!nrow(data)) return(invisible())
  b <- bounds(data)
  fit <- survfit(Surv(b[, 1], b[, 2], type = "interval2") ~ 1)
  s <- summary(fit, times = months * MONTH, extend = TRUE)$surv
  for (k in seq_along(months)) {
    key <- id(interval_curve, "survival", months[k])
    # R ends Turnbull's iteration at changes below 1e-5; missing here is what lies after the last time.
    if (key %in% estimates$estimate_id && !is.na(estimates$estimate[match(key, estimates$estimate_id)])) {
      check(key, s[k], within = 5e-3)
    }
  }
}

check_width <- function(prefix, data) {
  between <- wide(data)
  width <- median((data$interval_upper_days - data$interval_lower_days)[between]) / MONTH
  check(id(prefix, "dating_interval", "overall", "median_width"), width)
}

check_dated_hazards <- function(prefix, data, column, reference, level) {
  covariates <- setNames(list(reference), column)
  made <- model_frame(data, covariates)
  ids <- coefficient_ids(made$data, covariates, TRUE)
  middle <- made$data; middle <- at_midpoint(middle)
  effects(id(prefix, "dating_right_end"), ids, fit_cox(made$data, column), level)
  effects(id(prefix, "dating_midpoint"), ids, fit_cox(middle, column), level)
  exact <- function(d) cbind(d$days, ifelse(d$event == 1, d$days, NA))
  for (model in c("dating_right_end", "dating_midpoint", "dating_interval")) {
    b <- switch(model, dating_right_end = exact(made$data), dating_midpoint = exact(middle), bounds(made$data))
    same <- !is.na(b[, 2]) & b[, 1] == b[, 2]
    b[same, ] <- pmax(b[same, ], 0.5)
    use <- same | !is.na(b[, 2]) | b[, 1] > 0
    b <- b[use, ]; b[b[, 1] == 0, 1] <- NA
    fit <- survreg(Surv(b[, 1], b[, 2], type = "interval2") ~ made$data[[column]][use],
                   control = survreg.control(rel.tolerance = 1e-13, maxiter = 200))
    k <- length(coef(fit)) - 1; v <- vcov(fit); z <- qnorm(0.5 + level / 2)
    for (place in seq_len(k)) {
      coefficient <- coef(fit)[place + 1]; scale <- fit$scale; log_hr <- -coefficient / scale
      slope <- c(-1 / scale, coefficient / scale)
      chosen <- c(place + 1, nrow(v))
      se <- sqrt(drop(slope %*% v[chosen, chosen] %*% slope))
      if_there(id(prefix, model, ids[place], "weibull_hr"), exp(log_hr), exp(log_hr - z * se), exp(log_hr + z * se),
                  2 * pnorm(-abs(log_hr / se)))
    }
  }
}
