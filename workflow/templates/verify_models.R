# ---- further Cox models ------------------------------------------------------------------------------------------

# Firth's penalised likelihood: log-likelihood plus half the log determinant of the information, maximised by optim();
# profile-likelihood limits by uniroot().
firth <- function(x, y, level) {
  spread <- apply(x, 2, sd); x <- scale(x); names <- as.character(seq_len(nrow(x))); k <- ncol(x)
  still <- coxph.control(iter.max = 0)
  at <- function(b) suppressWarnings(coxph.fit(x, y, NULL, NULL, b, still, NULL, "efron", names))
  penalised <- function(b) {
    fit <- at(b)
    value <- fit$loglik[length(fit$loglik)] - 0.5 * as.numeric(determinant(fit$var)$modulus)
    if (is.finite(value)) value else -1e10
  }
  maximum <- function(fixed = NULL, value = 0, start = rep(0, k)) {
    free <- setdiff(seq_len(k), fixed)
    full <- function(p) { b <- numeric(k); b[free] <- p; if (length(fixed)) b[fixed] <- value; b }
    if (!length(free)) return(list(value = penalised(full(numeric())), b = full(numeric())))
    step <- function(p, size) optim(p, function(p) -penalised(full(p)), method = "BFGS",
                                    control = list(reltol = 1e-16, maxit = 500, ndeps = rep(size, length(free))))
    done <- step(step(start[free], 1e-4)$par, 1e-5)
    list(value = -done$value, b = full(done$par))
  }
  best <- maximum(); se <- sqrt(diag(at(best$b)$var)); drop <- qchisq(level, 1) / 2
  limits <- vapply(seq_len(k), function(j) {
    height <- function(v) maximum(j, v, best$b)$value - best$value + drop
    low <- best$b[j] - 1.5 * se[j]; while (height(low) > 0) low <- low - se[j]
    high <- best$b[j] + 1.5 * se[j]; while (height(high) > 0) high <- high + se[j]
    c(uniroot(height, c(low, best$b[j]), tol = 1e-9)$root, uniroot(height, c(best$b[j], high), tol = 1e-9)$root)
  }, c(0, 0))
  without <- vapply(seq_len(k), function(j) maximum(j, 0, best$b)$value, 0)
  list(coef = best$b / spread, se = se / spread, lower = limits[1, ] / spread, upper = limits[2, ] / spread,
       p = pchisq(2 * (best$value - without), 1, lower.tail = FALSE), chi2 = 2 * (best$value - penalised(rep(0, k))))
}

check_firth <- function(prefix, data, covariates, level, named = TRUE) {
  made <- model_frame(data, covariates)
  kept <- made$data
  check(id(prefix, "n"), nrow(kept))
  check(id(prefix, "events"), sum(kept$event))
  check(id(prefix, "dropped"), made$dropped)
  ids <- coefficient_ids(kept, covariates, named)
  x <- model.matrix(reformulate(names(covariates)), kept)[, -1, drop = FALSE]
  check(id(prefix, "parameters"), ncol(x))
  check(id(prefix, "events_per_variable"), sum(kept$event) / ncol(x))
  fit <- firth(x, Surv(kept$days, kept$event), level)
  for (k in seq_along(ids)) {
    if_there(id(prefix, ids[k], "hr"), exp(fit$coef[k]), exp(fit$lower[k]), exp(fit$upper[k]), fit$p[k], within = 1e-5)
    if_there(id(prefix, ids[k], "coef"), fit$coef[k], fit$lower[k], fit$upper[k], fit$p[k], within = 1e-5)
    if_there(id(prefix, ids[k], "se"), fit$se[k], within = 1e-5)
  }
  if_there(id(prefix, "likelihood_ratio_chi2"), fit$chi2, p = pchisq(fit$chi2, ncol(x), lower.tail = FALSE), within = 1e-5)
  agreement <- concordance(Surv(kept$days, kept$event) ~ round(drop(x %*% fit$coef), 8), reverse = TRUE)
  half <- qnorm(0.5 + level / 2) * sqrt(agreement$var)
  bounds <- share_bounds(agreement$concordance, half)
  if_there(id(prefix, "concordance"), agreement$concordance, bounds[1], bounds[2], within = 1e-5)
}

check_stratified <- function(prefix, data, covariates, by, level) {
  kept <- model_frame(data, covariates)$data
  others <- setdiff(names(covariates), by)
  kept$stratum <- kept[[by]]
  fit <- coxph(reformulate(c(others, "strata(stratum)"), "Surv(days, event)"), kept, ties = "efron", control = CONTROL)
  effects(prefix, coefficient_ids(kept, covariates[others], TRUE), fit, level)
}

# Hazard ratios of one covariate until and after a time; all other covariates have one.
check_time_split <- function(prefix, data, covariates, by, month, level) {
  kept <- model_frame(data, covariates)$data
  x <- model.matrix(reformulate(names(covariates)), kept)[, -1, drop = FALSE]
  ids <- coefficient_ids(kept, covariates, TRUE)
  own <- which(ids == by | startsWith(ids, paste0(by, "/")))
  cut <- round(month * MONTH, 8)
  rows <- survSplit(Surv(days, event) ~ ., data.frame(days = kept$days, event = kept$event, row = seq_len(nrow(kept))),
                    cut = cut, episode = "period", zero = -1, start = "start", end = "days")
  xs <- x[rows$row, , drop = FALSE]
  split <- cbind(xs[, own, drop = FALSE] * (rows$period == 1), xs[, own, drop = FALSE] * (rows$period == 2),
                 xs[, -own, drop = FALSE])
  fit <- coxph(Surv(rows$start, rows$days, rows$event) ~ split, ties = "efron", control = CONTROL)
  together <- coxph(Surv(kept$days, kept$event) ~ x, ties = "efron", control = CONTROL)
  parts <- function(period) vapply(strsplit(ids[own], "/"), function(part) {
    paste(c(part[1], paste(c(part[-c(1, 3)], period, month, "months"), collapse = " "), part[-(1:2)]), collapse = "/")
  }, "")
  effects(prefix, c(parts("until"), parts("after"), ids[-own]), fit, level)
  chi2 <- 2 * (fit$loglik[2] - together$loglik[2])
  if_there(id(prefix, by, "time_split_chi2"), chi2, p = pchisq(chi2, length(own), lower.tail = FALSE))
}

# ---- interactions and subgroups ----------------------------------------------------------------------------------

# exp of a weighted sum of coefficients, with its Wald interval.
sum_row <- function(key, fit, weights, level) {
  log <- sum(weights * coef(fit)); half <- qnorm(0.5 + level / 2) * sqrt(drop(weights %*% vcov(fit) %*% weights))
  if_there(key, exp(log), exp(log - half), exp(log + half))
}

product_row <- function(key, with, without) {
  chi2 <- max(0, 2 * (with$loglik[2] - without$loglik[2]))
  df <- length(coef(with)) - length(coef(without))
  if_there(key, chi2, p = pchisq(chi2, df, lower.tail = FALSE))
}

check_interaction <- function(prefix, data, covariates, first, second, level) {
  # Whatever the policy: a class of the missing has no interaction of its own.
  made <- model_frame(data, covariates, "complete_case")
  kept <- made$data
  if_there(id(prefix, "dropped"), made$dropped)
  for (one in levels(kept[[first]])) for (other in levels(kept[[second]])) {
    cell <- kept[kept[[first]] == one & kept[[second]] == other, ]
    for (name in c(paste0(one, "|", second, "=", other), paste0(other, "|", first, "=", one))) {
      if_there(id(prefix, name, "n"), nrow(cell))
      if_there(id(prefix, name, "events"), sum(cell$event))
    }
  }
  if (!id(prefix, "likelihood_ratio_chi2") %in% estimates$estimate_id) return(invisible())
  without <- fit_cox(kept, names(covariates))
  with <- fit_cox(kept, c(names(covariates), paste0(first, ":", second)))
  product_row(id(prefix, "likelihood_ratio_chi2"), with, without)
  b <- names(coef(with))
  place <- function(...) as.numeric(b %in% paste0(...))
  for (order in list(c(first, second), c(second, first))) {
    inner <- levels(kept[[order[1]]]); outer <- levels(kept[[order[2]]])
    for (class in inner[-1]) for (given in outer) {
      product <- if (order[1] == first) paste0(first, class, ":", second, given) else paste0(first, given, ":", second, class)
      weights <- place(order[1], class) + (if (given == outer[1]) 0 else as.numeric(b == product))
      sum_row(id(prefix, paste0(class, "|", order[2], "=", given), inner[1], "hr"), with, weights, level)
    }
  }
  for (one in levels(kept[[first]])[-1]) for (other in levels(kept[[second]])[-1]) {
    key <- id(prefix, paste0(one, "*", other), paste0(levels(kept[[first]])[1], "*", levels(kept[[second]])[1]), "hr_ratio")
    sum_row(key, with, as.numeric(b == paste0(first, one, ":", second, other)), level)
  }
}

# The effect of one class against the reference in the classes of a variable, and whether it differs between them.
check_subgroup <- function(prefix, data, effect, class, reference, variable, cut, level) {
  data <- data[which(data[[effect]] %in% c(class, reference)), ]
  data$arm <- as.numeric(data[[effect]] == class)
  data$group <- if (is.na(cut)) data[[variable]] else ifelse(data[[variable]] < cut, paste0("<", cut), paste0(">=", cut))
  whole <- id(prefix, paste0(effect, "*", variable), class, reference)
  if_there(id(whole, "left_out"), sum(is.na(data$group)))
  data <- data[!is.na(data$group), ]
  of <- function(group) id(prefix, paste0(effect, "|", variable, "=", group))
  can <- character()
  for (group in sort(unique(data$group), method = "radix")) {
    own <- data[data$group == group, ]
    for (arm in 0:1) {
      side <- own[own$arm == arm, ]
      if_there(id(of(group), c(reference, class)[arm + 1], "n"), nrow(side))
      if_there(id(of(group), c(reference, class)[arm + 1], "events"), sum(side$event))
    }
    if (sum(own$event[own$arm == 1]) && sum(own$event[own$arm == 0])) can <- c(can, group)
  }
  hr <- function(group) id(of(group), class, reference, "hr")
  if (length(can) == 1 && hr(can) %in% estimates$estimate_id) {
    sum_row(hr(can), fit_cox(data[data$group == can, ], "arm"), 1, level)
  }
  key <- id(whole, "likelihood_ratio_chi2")
  if (!key %in% estimates$estimate_id) return(invisible())
  kept <- data[data$group %in% can, ]
  kept$group <- factor(kept$group, levels = can)
  with <- fit_cox(kept, c("arm", "group", "arm:group"))
  product_row(key, with, fit_cox(kept, c("arm", "group")))
  b <- names(coef(with))
  for (group in can) sum_row(hr(group), with, as.numeric(b == "arm" | b == paste0("arm:group", group)), level)
}

# The effect over all patients, without subgroups.
check_effect <- function(prefix, data, effect, class, reference, level) {
  data <- data[which(data[[effect]] %in% c(class, reference)), ]
  data$arm <- as.numeric(data[[effect]] == class)
  for (arm in 0:1) {
    side <- data[data$arm == arm, ]
    if_there(id(prefix, effect, c(reference, class)[arm + 1], "n"), nrow(side))
    if_there(id(prefix, effect, c(reference, class)[arm + 1], "events"), sum(side$event))
  }
  key <- id(prefix, effect, class, reference, "hr")
  if (key %in% estimates$estimate_id) sum_row(key, fit_cox(data, "arm"), 1, level)
}

# ---- what a number of events can show ----------------------------------------------------------------------------

power_rows <- function(prefix, error, statistic, ratios, power, level) {
  if_there(id(prefix, statistic), exp((qnorm(0.5 + level / 2) + qnorm(power)) * error))
  for (ratio in ratios) if_there(id(prefix, "power", ratio), pnorm(abs(log(ratio)) / error - qnorm(0.5 + level / 2)))
}

check_power_of_classes <- function(prefix, data, column, class, reference, ratios, power, level) {
  data <- data[which(data[[column]] %in% c(class, reference)), ]
  share <- mean(data[[column]] == class)
  power_rows(prefix, 1 / sqrt(sum(data$event) * share * (1 - share)), "detectable_hr", ratios, power, level)
}

check_power_of_cells <- function(prefix, data, first, second, classes, references, ratios, power, level) {
  data <- data[!is.na(data[[first]]) & !is.na(data[[second]]), ]
  events <- c()
  for (one in c(classes[1], references[1])) for (other in c(classes[2], references[2])) {
    events <- c(events, sum(data$event[data[[first]] == one & data[[second]] == other]))
  }
  power_rows(prefix, sqrt(sum(1 / events)), "detectable_hr_ratio", ratios, power, level)
}

# ---- small groups ------------------------------------------------------------------------------------------------

# Quantile of a beta variable by its first two moments.
beta_quantile <- function(mean, square, share) {
  ifelse(mean <= 0 | square - mean^2 <= 1e-15, mean, {
    scale <- (mean - square) / (square - mean^2)
    suppressWarnings(qbeta(share, scale * mean, scale * (1 - mean)))
  })
}

# The beta product confidence procedure (Fay, Brittain and Proschan 2013), method of moments.
beta_product <- function(fit, level) {
  y <- fit$n.risk; left <- y - fit$n.event
  mean <- c(1, cumprod((left + 1) / (y + 1))); square <- c(1, cumprod((left + 1) * (left + 2) / ((y + 1) * (y + 2))))
  after <- c(y, 0)
  list(lower = beta_quantile(mean * after / (after + 1), square * after / (after + 2), (1 - level) / 2),
       upper = beta_quantile(mean, square, (1 + level) / 2))
}

# Rothman's limits (1978): Wilson's, with the number of patients that Greenwood's variance is worth.
rothman <- function(fit, level) {
  s <- c(1, fit$surv); v <- c(0, fit$surv^2 * cumsum(fit$n.event / (fit$n.risk * (fit$n.risk - fit$n.event))))
  z <- qnorm(0.5 + level / 2); n <- s * (1 - s) / v
  centre <- s + z^2 / (2 * n); half <- z * sqrt(v + z^2 / (4 * n^2))
  one <- s == 1; none <- s <= 0 | !is.finite(v)
  list(lower = ifelse(one, 1, ifelse(none, NA, n / (n + z^2) * (centre - half))),
       upper = ifelse(one, 1, ifelse(none, NA, n / (n + z^2) * (centre + half))))
}

# R's rule of quantiles, for the limits of any curve.
crossing <- function(time, steps) {
  fit <- list(n = 1, time = time, n.risk = rep(1, length(time)), n.event = rep(1, length(time)), n.censor = 0 * time,
              surv = steps, type = "right")
  class(fit) <- "survfit"
  as.numeric(quantile(fit, 0.5, conf.int = FALSE))
}

check_small_group <- function(prefix, data, parts, months, level) {
  fit <- survfit(Surv(days, event) ~ 1, data)
  limits <- list(small_group_beta_product = beta_product(fit, level), small_group_rothman = rothman(fit, level))
  median <- quantiles(fit, 0.5)$estimate / MONTH
  for (model in names(limits)) {
    own <- id(prefix, model, parts)
    lower <- limits[[model]]$lower; upper <- limits[[model]]$upper
    check(id(own, "median"), median, crossing(c(0, fit$time), lower) / MONTH, crossing(c(0, fit$time), upper) / MONTH)
    for (month in months) {
      k <- findInterval(month * MONTH, c(0, fit$time))
      if_there(id(own, "survival", month), c(1, fit$surv)[k], lower[k], upper[k])
    }
  }
}

# ---- checks of the declared model --------------------------------------------------------------------------------

check_influence <- function(prefix, data, covariates, level) {
  kept <- model_frame(data, covariates)$data
  fit <- fit_cox(kept, names(covariates))
  ids <- coefficient_ids(kept, covariates, TRUE)
  moved <- as.matrix(residuals(fit, type = "dfbetas"))
  others <- lapply(seq_len(nrow(kept)), function(k) {
    left <- tryCatch(fit_cox(kept[-k, ], names(covariates)), warning = function(w) NULL, error = function(e) NULL)
    if (is.null(left) || anyNA(coef(left)) || any(sqrt(diag(vcov(left))) * apply(model.matrix(left), 2, sd) > 10)) return(NULL)
    list(coef = coef(left), p = 2 * pnorm(-abs(coef(left) / sqrt(diag(vcov(left))))))
  })
  others <- Filter(Negate(is.null), others)
  p <- 2 * pnorm(-abs(coef(fit) / sqrt(diag(vcov(fit)))))
  for (k in seq_along(ids)) {
    hr <- exp(c(coef(fit)[k], vapply(others, function(o) o$coef[[k]], 0)))
    each <- c(p[k], vapply(others, function(o) o$p[[k]], 0))
    check(id(prefix, ids[k], "largest_dfbetas"), max(abs(moved[, k])))
    check(id(prefix, ids[k], "leave_one_out_hr"), hr[1], min(hr), max(hr))
    check(id(prefix, ids[k], "leave_one_out_p"), each[1], min(each), max(each))
  }
}

# `penalised`: the declared model has no finite estimate, and its predictions are those of Firth's.
check_calibration <- function(prefix, data, covariates, month, interval, level, penalised = FALSE) {
  kept <- model_frame(data, covariates)$data
  fit <- if (!penalised) fit_cox(kept, names(covariates)) else {
    x <- model.matrix(reformulate(names(covariates)), kept)[, -1, drop = FALSE]
    b <- firth(x, Surv(kept$days, kept$event), level)$coef
    suppressWarnings(coxph(reformulate(names(covariates), "Surv(days, event)"), kept, ties = "efron", x = TRUE,
                           init = b, control = coxph.control(iter.max = 0)))
  }
  if (penalised) fit$linear.predictors <- round(fit$linear.predictors, 8)
  within <- if (penalised) 1e-5 else TOLERANCE
  if_there(id(prefix, "concordance_apparent"), concordance(fit)$concordance, within = within)
  horizon <- round(month * MONTH, 8)
  base <- basehaz(fit, centered = FALSE)
  hazard <- c(0, base$hazard)[findInterval(horizon, c(0, base$time)) ]
  if (base$time[1] == 0) hazard <- base$hazard[findInterval(horizon, base$time)]
  linear <- predict(fit, type = "lp", reference = "zero")
  predicted <- exp(-hazard * exp(linear))
  risk <- round(1 - predicted, 10)
  groups <- list(rep(TRUE, nrow(kept)))
  names(groups) <- "all"
  labels <- list(NULL, c("lower half", "upper half"), c("lowest third", "middle third", "highest third"))
  for (wanted in rev(seq_len(min(3, nrow(kept) %/% 12)))) {
    if (wanted < 2) break
    cuts <- quantile(risk, seq_len(wanted - 1) / wanted, type = 7)
    place <- findInterval(risk, cuts, left.open = TRUE) + 1
    if (all(seq_len(wanted) %in% place)) {
      for (g in seq_len(wanted)) groups[[labels[[wanted]][g]]] <- place == g
      break
    }
  }
  for (name in names(groups)) {
    own <- id(prefix, if (name == "all") "" else name)
    inside <- groups[[name]]
    if_there(id(own, "predicted_survival", month), mean(predicted[inside]), within = within)
    s <- summary(survfit(Surv(days, event) ~ 1, kept[inside, ], conf.type = interval, conf.int = level), times = horizon, extend = TRUE)
    if_there(id(own, "observed_survival", month), s$surv, s$lower, s$upper)
    if (name == "all") {
      ratio <- (1 - s$surv) / (1 - mean(predicted))
      spread <- exp(qnorm(0.5 + level / 2) / sqrt(sum(kept$event[kept$days <= horizon])))
      if_there(id(prefix, "observed_expected", month), ratio, ratio / spread, ratio * spread, within = within)
    }
  }
}

check_spline <- function(prefix, data, covariates, name) {
  kept <- model_frame(data, covariates)$data
  x <- kept[[name]]; k <- quantile(x, c(0.1, 0.5, 0.9))
  cubed <- function(knot) pmax(x - knot, 0)^3
  kept$bend <- (cubed(k[1]) - cubed(k[2]) * (k[3] - k[1]) / (k[3] - k[2]) + cubed(k[3]) * (k[2] - k[1]) / (k[3] - k[2])) / (k[3] - k[1])^2
  chi2 <- 2 * (fit_cox(kept, c(names(covariates), "bend"))$loglik[2] - fit_cox(kept, names(covariates))$loglik[2])
  if_there(id(prefix, name, "spline_chi2"), chi2, p = pchisq(chi2, 1, lower.tail = FALSE))
}
