# ---- further comparisons of classes ------------------------------------------------------------------------------

# Weights of a log-rank test from the number at risk, survival before the time (left limit), and the modified estimate
# of Peto and Peto: product of 1 - d / (n + 1) up to and at the time.
WEIGHTS <- list(
  log_rank = function(n, s, m) 1, gehan_breslow = function(n, s, m) n, tarone_ware = function(n, s, m) sqrt(n),
  peto_peto = function(n, s, m) s, modified_peto_peto = function(n, s, m) m,
  fleming_harrington_0_1 = function(n, s, m) 1 - s, fleming_harrington_1_0 = function(n, s, m) s,
  fleming_harrington_1_1 = function(n, s, m) s * (1 - s)
)

weighted_test <- function(days, event, group, weight, strata = rep(1, length(days))) {
  group <- factor(group); k <- nlevels(group); u <- e <- numeric(k); v <- matrix(0, k, k)
  for (stratum in unique(strata)) {
    inside <- strata == stratum; t <- days[inside]; ev <- event[inside]; g <- group[inside]; s <- m <- 1
    for (time in sort(unique(t[ev == 1]))) {
      n_k <- as.numeric(table(g[t >= time])); d_k <- as.numeric(table(g[t == time & ev == 1])); n <- sum(n_k); d <- sum(d_k)
      m <- m * (1 - d / (n + 1))
      w <- WEIGHTS[[weight]](n, s, m)
      u <- u + w * (d_k - d * n_k / n); e <- e + d * n_k / n
      if (n > 1) v <- v + w^2 * d * (n - d) / (n - 1) * (diag(n_k / n, k) - outer(n_k / n, n_k / n))
      s <- s * (1 - d / n)
    }
  }
  # Whoever is alone at every event, in each stratum, is compared with nobody.
  keep <- which(e > 0 & diag(v) > 1e-12 * max(sum(diag(v)), 1e-300)); keep <- keep[-length(keep)]
  if (!length(keep)) return(c(NA, NA))
  chi2 <- drop(u[keep] %*% solve(v[keep, keep, drop = FALSE]) %*% u[keep])
  c(chi2, pchisq(chi2, length(keep), lower.tail = FALSE))
}

check_weighted <- function(prefix, data, column, weight, strata = character()) {
  data <- data[!is.na(data[[column]]), ]
  for (name in strata) data <- data[!is.na(data[[name]]), ]
  blocks <- if (length(strata)) do.call(paste, c(data[strata], sep = "|")) else rep(1, nrow(data))
  test_rows(id(prefix, weight), weighted_test(data$days, data$event, data[[column]], weight, blocks))
}

check_pairwise <- function(prefix, data, column, pairs) {
  tests <- lapply(strsplit(pairs, " vs ", fixed = TRUE), function(pair) {
    own <- data[which(data[[column]] %in% pair), ]
    weighted_test(own$days, own$event, own[[column]], "log_rank")
  })
  adjusted <- p.adjust(vapply(tests, function(test) test[2], 0), "holm")
  for (k in seq_along(pairs)) {
    if_there(id(prefix, pairs[k], "chi2"), tests[[k]][1], p = tests[[k]][2])
    if_there(id(prefix, pairs[k], "p"), adjusted[k], p = adjusted[k])
  }
}

# Area under the curve up to a time, with Greenwood's variance, as print(survfit, rmean = ) gives them.
restricted_mean <- function(data, months) {
  # R refuses a horizon before the first time: nobody has had the event by then.
  if (months <= min(data$days) / MONTH) return(c(months, 0))
  fit <- survfit(Surv(days / MONTH, event) ~ 1, data)
  found <- summary(fit, rmean = months)$table
  found[c("rmean", "se(rmean)")]
}

check_restricted_means <- function(prefix, data, column, classes, reference, months, level) {
  z <- qnorm(0.5 + level / 2)
  means <- lapply(classes, function(class) restricted_mean(data[which(data[[column]] == class), ], months))
  names(means) <- classes
  if_there(id(prefix, "horizon"), months)
  for (class in classes) {
    m <- means[[class]]
    if_there(id(prefix, class, "rmst", months), m[1], m[1] - z * m[2], m[1] + z * m[2])
    if_there(id(prefix, class, "rmst_se", months), m[2])
    if (class == reference) next
    o <- means[[reference]]
    difference <- m[1] - o[1]; se <- sqrt(m[2]^2 + o[2]^2)
    ratio <- log(m[1] / o[1]); error <- sqrt((m[2] / m[1])^2 + (o[2] / o[1])^2)
    if_there(id(prefix, class, reference, "rmst_difference", months), difference, difference - z * se, difference + z * se,
             2 * pnorm(-abs(difference / se)))
    if_there(id(prefix, class, reference, "rmst_ratio", months), exp(ratio), exp(ratio - z * error), exp(ratio + z * error),
             2 * pnorm(-abs(ratio / error)))
  }
}
