# Interval-censored times: a made-up cohort of PFS, and the breast cosmesis data of Finkelstein and Wolfe (1985).
# Usage: Rscript make.R OUTPUT.json, in this folder.
# survfit iterates Turnbull's algorithm until the curve moves by less than 5e-5; the same self-consistency is therefore
# iterated on from its curve, until it moves by less than 1e-13 ("exact").
suppressMessages({library(survival); library(jsonlite)})
output <- commandArgs(trailingOnly = TRUE)[1]

exact <- function(lower, upper) {
  ends <- sort(unique(c(lower, upper[is.finite(upper)])))
  # Candidates: each point, and each open interval between two of them.
  low <- c(ends, head(ends, -1)); high <- c(ends, tail(ends, -1))
  inside <- sapply(seq_along(low), function(j) {
    if (low[j] == high[j]) (lower < low[j] & low[j] <= upper) | (lower == upper & lower == low[j])
    else lower <= low[j] & upper >= high[j]
  })
  inside <- cbind(inside, is.infinite(upper))
  used <- colSums(inside) > 0
  inside <- inside[, used]
  mass <- rep(1 / sum(used), sum(used))
  repeat {
    share <- sweep(inside, 2, mass, "*")
    new <- colMeans(share / rowSums(share))
    if (max(abs(new - mass)) < 1e-13) break
    mass <- new
  }
  list(right = high[used[-length(used)]], mass = new[seq_len(sum(used[-length(used)]))])
}
survival_after <- function(fit, times) sapply(times, function(t) 1 - sum(fit$mass[fit$right <= t]))

d <- read.csv("pfs.csv", colClasses = c(patient_id = "character"))
wide <- d$event == 1 & d$interval_lower_days < d$interval_upper_days
d$lower <- ifelse(wide, d$interval_lower_days, d$days)
d$upper <- ifelse(d$event == 1, d$days, Inf)
d$of_class <- as.numeric(d$resistance == "primary")
response <- function(d) with(d, {
  # NA below: left-censored; NA above: right-censored. A time of 0 days has no likelihood under a Weibull distribution.
  low <- ifelse(lower == upper, pmax(lower, 0.5), lower)
  high <- ifelse(lower == upper, pmax(upper, 0.5), upper)
  Surv(ifelse(low == 0 & high > 0, NA, low), ifelse(is.infinite(high), NA, high), type = "interval2")
})
hazard <- function(d) {
  d <- subset(d, !(lower == 0 & is.infinite(upper)))
  fit <- survreg(response(d) ~ of_class, d, control = list(rel.tolerance = 1e-14, maxiter = 500))
  b <- coef(fit)[2]; s <- fit$scale; v <- fit$var[2:3, 2:3]
  # log HR = -b / s, by the coefficient and by log(s).
  slope <- c(-1 / s, b / s)
  list(coef = unname(b), log_scale = log(s), log_hazard = unname(-b / s), se = sqrt(drop(slope %*% v %*% slope)),
       log_likelihood = fit$loglik[2])
}
curve <- function(d) {
  found <- survfit(Surv(ifelse(lower == 0 & upper > 0 & is.finite(upper), NA, lower),
                        ifelse(is.infinite(upper), NA, upper), type = "interval2") ~ 1, d)
  times <- sort(unique(c(d$lower, d$upper[is.finite(d$upper)])))
  fit <- exact(d$lower, d$upper)
  list(times = times, exact = survival_after(fit, times), survfit_median = unname(summary(found)$table["median"]))
}
right <- transform(d, lower = days)
middle <- d
middle$days <- ifelse(wide, (d$interval_lower_days + d$interval_upper_days) / 2, d$days)
middle$lower <- middle$days
middle$upper <- ifelse(d$event == 1, middle$days, Inf)
cox <- function(d) { s <- summary(coxph(Surv(days, event) ~ of_class, d))$coefficients; list(coef = s[1], se = s[3]) }
median_of <- function(d) unname(summary(survfit(Surv(days, event) ~ 1, d))$table[c("median", "0.95LCL", "0.95UCL")])

b <- read.csv("breast_cosmesis.csv")
b$upper[is.na(b$upper)] <- Inf
cosmesis <- lapply(split(b, b$treatment), function(own) {
  fit <- exact(own$lower, own$upper)
  list(times = c(4, 5, 7, 8, 12, 25, 34, 40, 48), exact = survival_after(fit, c(4, 5, 7, 8, 12, 25, 34, 40, 48)))
})
answers <- list(
  interval = list(curve = curve(d), hazard = hazard(d)),
  right_end = list(median = median_of(d), cox = cox(d), hazard = hazard(transform(right, upper = ifelse(event == 1, days, Inf)))),
  midpoint = list(median = median_of(middle), cox = cox(middle), hazard = hazard(middle)),
  cosmesis = cosmesis)
write_json(answers, output, digits = NA, auto_unbox = TRUE, na = "null", null = "null", pretty = TRUE)
