# R's answers for the checks of a Cox model: Rscript make.R OUTPUT.json, with this folder as the working directory.
library(survival)
library(splines)
suppressMessages(library(rms))
suppressMessages(library(mice))
library(jsonlite)

months <- 30.4375
cut <- 3 * months
strict <- coxph.control(eps = 1e-11, toler.chol = 1e-12, iter.max = 50)
# The data go into the call itself, where the methods of a fit look for them.
cox <- function(formula, data) do.call(coxph, list(formula, data = data, control = strict, ties = "efron", model = TRUE))
rows <- function(fit, which = seq_along(coef(fit))) {
  table <- summary(fit)$coefficients
  list(coef = unname(coef(fit))[which], se = unname(table[which, "se(coef)"]), p = unname(table[which, "Pr(>|z|)"]))
}

# The line of plot.cox.zph at the residuals' own places, and two standard errors.
smooth <- function(z) {
  grid <- seq(min(z$x), max(z$x), length = 40)
  basis <- ns(c(grid, z$x), df = 4, intercept = TRUE)[-(1:40), ]
  q <- qr(basis)
  inverse <- chol2inv(qr.R(q))
  line <- apply(z$y, 2, function(y) basis[, q$pivot] %*% qr.coef(q, y)[q$pivot])
  half <- sapply(seq_len(ncol(z$y)), function(i) 2 * sqrt(z$var[i, i] * rowSums((basis %*% inverse) * basis)))
  list(line = unname(line), half = unname(half))
}

checks <- function(data, formula, strata, numeric, unit) {
  fit <- cox(formula, data)
  z <- cox.zph(fit, transform = "km", terms = FALSE)
  value <- data[[numeric]]
  others <- cox(update(formula, as.formula(paste(". ~ . - I(", numeric, "/", unit, ")"))), data)
  martingale <- residuals(others, "martingale")
  low <- lowess(value, martingale, f = 2 / 3, iter = 0, delta = 0)
  knots <- quantile(value / unit, c(0.1, 0.5, 0.9))
  data$bend <- rcspline.eval(value / unit, knots = knots, inclx = FALSE)[, 1]
  bent <- cox(update(formula, . ~ . + bend), data)
  data$group <- data[[strata]]
  stratified <- cox(update(formula, paste(". ~ . + strata(group) -", strata)), data)
  long <- survSplit(Surv(days, event) ~ ., data, cut = cut, episode = "period", id = "patient")
  x <- model.matrix(fit)
  own <- attr(x, "assign") == which(attr(terms(fit), "term.labels") == strata)
  xs <- x[long$patient, , drop = FALSE]
  early <- xs[, own, drop = FALSE] * (long$period == 1)
  late <- xs[, own, drop = FALSE] * (long$period == 2)
  rest <- xs[, !own, drop = FALSE]
  split <- cox(Surv(tstart, days, event) ~ early + late + rest, long)
  each <- sapply(seq_len(nrow(data)), function(i) coef(cox(formula, data[-i, ])))
  predicted <- summary(survfit(fit, newdata = data), times = 6 * months)$surv
  list(
    fit = rows(fit), y = unname(z$y), x = z$x, time = z$time, var = unname(z$var), smooth = smooth(z),
    dfbeta = unname(residuals(fit, "dfbeta")), dfbetas = unname(residuals(fit, "dfbetas")),
    martingale = unname(martingale), null = unname(residuals(cox(Surv(days, event) ~ 1, data), "martingale")),
    lowess = list(x = low$x, y = low$y),
    spline = 2 * (bent$loglik[2] - fit$loglik[2]),
    stratified = rows(stratified), split = rows(split), split_test = 2 * (split$loglik[2] - fit$loglik[2]),
    leave_one_out = list(lowest = apply(each, 1, min), highest = apply(each, 1, max)),
    predicted = as.vector(predicted), concordance = unname(concordance(fit)$concordance)
  )
}

# Rubin's rules with Barnard and Rubin's degrees of freedom (mice), and D1 with those of Li, Raghunathan and Rubin (1991).
pooling <- function(data, formula) {
  fits <- lapply(split(data, data$imputation), function(one) cox(formula, one))
  complete <- fits[[1]]$nevent - length(coef(fits[[1]]))
  each <- lapply(seq_along(coef(fits[[1]])), function(i) {
    pool.scalar(sapply(fits, function(f) coef(f)[i]), sapply(fits, function(f) vcov(f)[i, i]), n = complete + 1, k = 1)
  })
  error <- sqrt(sapply(each, `[[`, "t"))
  mean <- sapply(each, `[[`, "qbar")
  df <- sapply(each, `[[`, "df")
  m <- length(fits)
  k <- length(mean)
  within <- Reduce(`+`, lapply(fits, vcov)) / m
  between <- cov(t(sapply(fits, coef)))
  r <- (1 + 1 / m) * sum(diag(between %*% solve(within))) / k
  d1 <- drop(mean %*% solve(within) %*% mean) / (k * (1 + r))
  t <- k * (m - 1)
  v <- if (t > 4) 4 + (t - 4) * (1 + (1 - 2 / t) / r)^2 else t * (1 + 1 / k) * (1 + 1 / r)^2 / 2
  list(
    coef = unname(mean), se = unname(error), df = unname(df), p = unname(2 * pt(-abs(mean / error), df)),
    lower = unname(mean - qt(0.975, df) * error), upper = unname(mean + qt(0.975, df) * error),
    share = sapply(each, function(one) (1 + 1 / m) * one$b / one$t), d1 = d1, d1_p = pf(d1, k, v, lower.tail = FALSE),
    concordance = mean(sapply(fits, function(f) concordance(f)$concordance))
  )
}

# The bootstrap with the stored samples of patients.
optimism <- function(data, formula, samples) {
  found <- apply(samples, 1, function(sample) {
    own <- data[sample + 1, ]
    fit <- cox(formula, own)
    data$linear <- predict(fit, newdata = data, type = "lp", reference = "zero")
    here <- concordance(Surv(days, event) ~ linear, data, reverse = TRUE)$concordance
    c(concordance(fit)$concordance, here, coef(cox(Surv(days, event) ~ linear, data)))
  })
  list(there = found[1, ], here = found[2, ], slope = found[3, ])
}

own <- function(data) {
  data$resistance <- factor(data$resistance, c("acquired", "primary"))
  data$pattern <- factor(data$pattern, c("oligo", "systemic", if (any(data$pattern == "missing")) "missing"))
  data$smoking <- factor(data$smoking, c("never", "current", "former", if (any(data$smoking == "missing")) "missing"))
  data
}
clean <- function(data) {
  for (name in c("pattern", "smoking")) data[[name]][data[[name]] == ""] <- "missing"
  data
}
model <- Surv(days, event) ~ resistance + pattern + smoking + I(age / 10)
cohort <- own(read.csv("cohort.csv"))
tied <- own(read.csv("tied.csv"))
veteran <- read.csv("veteran.csv")
veteran$celltype <- factor(veteran$celltype, c("squamous", "adeno", "large", "smallcell"))
veteran$trt <- factor(veteran$trt)
missing <- clean(read.csv("missing.csv"))
missing$pattern <- factor(missing$pattern, c("oligo", "systemic", "missing"))
missing$smoking <- factor(missing$smoking, c("never", "current", "former", "missing"))
missing$resistance <- factor(missing$resistance, c("acquired", "primary"))

answers <- list(
  cohort = checks(cohort, model, "resistance", "age", 10),
  tied = checks(tied, model, "smoking", "age", 10),
  veteran = checks(veteran, Surv(days, event) ~ trt + celltype + I(karno / 10), "trt", "karno", 10),
  missing_category = rows(cox(model, missing[!is.na(missing$age), ])),
  imputed = pooling(own(read.csv("imputed.csv")), model),
  bootstrap = optimism(cohort, model, as.matrix(read.csv("samples.csv", header = FALSE)))
)
write_json(answers, commandArgs(TRUE)[1], digits = I(15), auto_unbox = TRUE)
