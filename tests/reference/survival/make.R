#!/usr/bin/env Rscript
# R's answers on the data sets of data.csv.gz: Rscript make.R OUTPUT.json (in this folder).
#
# One object per data set; one vector of numbers per key "quantity|part". An answer that R does not give (an error, a fit
# that does not converge, a coefficient that is NA or infinite) is left out; a value that it does not give is null.
# Needs: survival, cmprsk, jsonlite.
suppressPackageStartupMessages({library(survival); library(cmprsk); library(jsonlite)})
options(warn = -1)
output <- commandArgs(TRUE)[1]
data <- read.csv("data.csv.gz", stringsAsFactors = FALSE)
times <- c(90, 365)
# Beyond R's default of 1e-9, which leaves coefficients up to 1e-7 from the maximum.
control <- coxph.control(eps = 1e-13, iter.max = 200)
z <- qnorm(0.975)
# Under separation R prints the place where it stopped, with a warning: per standard deviation of the covariate a huge
# coefficient or standard error, or none. That is no answer.
infinite <- function(b, se, sd) any(!is.finite(se)) || any(se == 0) || any(se * sd > 10) || any(abs(b) * sd > 10)
tryit <- function(expr) tryCatch(expr, error = function(e) NULL)
chi <- function(x, df) c(x, df, pchisq(x, df, lower.tail = FALSE))

## Kaplan-Meier, its quantiles, follow-up
curves <- function(x, part, late = FALSE) {
  r <- list(); add <- function(q, v) r[[paste0(q, if (late) ", delayed entry", "|", part)]] <<- unname(v)
  for (type in c("log", "log-log", "plain")) {
    f <- if (late) survfit(Surv(entry, time, died) ~ 1, x, conf.type = type) else
      survfit(Surv(time, died) ~ 1, x, conf.type = type)
    q <- quantile(f, c(.25, .5, .75)); at <- summary(f, times = times, extend = TRUE)
    if (type == "log") {
      add("Kaplan-Meier: median and quartiles", q$quantile)
      add("Kaplan-Meier: S(t)", at$surv); add("Kaplan-Meier: standard error", at$std.err)
      add("Kaplan-Meier: number at risk", at$n.risk)
    }
    add(paste0("Kaplan-Meier: limits of median and quartiles, ", type), c(q$lower, q$upper))
    add(paste0("Kaplan-Meier: limits of S(t), ", type), c(at$lower, at$upper))
    if (!late) {
      q <- quantile(survfit(Surv(time, 1 - any) ~ 1, x, conf.type = type), .5)
      add(paste0("reverse Kaplan-Meier: median and limits, ", type), c(q$quantile, q$lower, q$upper))
    }
  }
  r
}
rmst <- function(t, d, tau) {
  f <- survfit(Surv(t, d) ~ 1); i <- f$time <= tau
  ar <- diff(c(0, sort(c(f$time[i], tau)))) * c(1, f$surv[i]); nd <- f$n.event[i]; nr <- f$n.risk[i]
  w <- c(ifelse(nr - nd == 0, 0, nd / (nr * (nr - nd))), 0)
  c(sum(ar), sqrt(sum(cumsum(rev(ar[-1]))^2 * rev(w)[-1])))
}

## log-rank tests
weights <- list(gehan_breslow = function(n, S, Sp) n, tarone_ware = function(n, S, Sp) sqrt(n),
  peto_peto = function(n, S, Sp) S, modified_peto_peto = function(n, S, Sp) Sp,
  fleming_harrington_0_1 = function(n, S, Sp) 1 - S, fleming_harrington_1_0 = function(n, S, Sp) S,
  fleming_harrington_1_1 = function(n, S, Sp) S * (1 - S))
weighted <- function(t, d, g, w, st = rep(1, length(t))) {
  g <- factor(g); K <- nlevels(g); U <- E <- numeric(K); V <- matrix(0, K, K)
  for (s in unique(st)) { i <- st == s; tt <- t[i]; ee <- d[i]; gg <- g[i]; S <- 1; Sp <- 1
    for (u in sort(unique(tt[ee == 1]))) {
      nk <- table(gg[tt >= u]); dk <- table(gg[tt == u & ee == 1]); n <- sum(nk); dd <- sum(dk)
      Sp <- Sp * (1 - dd / (n + 1)); wi <- w(n, S, Sp)
      U <- U + wi * (dk - dd * nk / n); E <- E + dd * nk / n
      if (n > 1) V <- V + wi^2 * dd * (n - dd) / (n - 1) * (diag(as.numeric(nk / n)) - outer(nk / n, nk / n))
      S <- S * (1 - dd / n)
    } }
  keep <- which(E > 0); keep <- keep[-length(keep)]; stopifnot(length(keep) > 0)
  chi(drop(t(U[keep]) %*% solve(V[keep, keep, drop = FALSE]) %*% U[keep]), length(keep))
}
diffs <- function(form, x, rho = 0) {
  f <- survdiff(form, x, rho = rho)
  kept <- sum((if (is.matrix(f$exp)) rowSums(f$exp) else f$exp) > 0); stopifnot(kept > 1)
  chi(f$chisq, kept - 1)
}
groups <- function(x) {
  r <- list(); levels <- sort(unique(x$group)); add <- function(k, v) if (!is.null(v)) r[[k]] <<- unname(v)
  add("log-rank test|", tryit(diffs(Surv(time, died) ~ group, x)))
  add("log-rank test, rho = 1|", tryit(diffs(Surv(time, died) ~ group, x, 1)))
  add("log-rank test, stratified|", tryit(diffs(Surv(time, died) ~ group + strata(strata), x)))
  add("log-rank test, rho = 1|stratified", tryit(diffs(Surv(time, died) ~ group + strata(strata), x, 1)))
  for (w in names(weights)) {
    add(paste0("weighted log-rank tests|", w), tryit(weighted(x$time, x$died, x$group, weights[[w]])))
    add(paste0("weighted log-rank tests, stratified|", w),
      tryit(weighted(x$time, x$died, x$group, weights[[w]], x$strata)))
  }
  add("log-rank test of trend|", tryit({
    m <- coxph(Surv(time, died) ~ match(x$group, levels), x, ties = "breslow")
    stopifnot(!is.na(m$coefficients), m$score > 0); chi(m$score, 1) }))
  if (length(levels) > 2) {
    p <- NULL
    for (i in 1:(length(levels) - 1)) for (j in (i + 1):length(levels)) {
      v <- tryit(diffs(Surv(time, died) ~ group, x[x$group %in% levels[c(i, j)], ]))
      add(paste0("pairwise log-rank tests|", levels[i], " ", levels[j]), v); p <- c(p, if (is.null(v)) NA else v[3])
    }
    if (!all(is.na(p))) add("pairwise log-rank tests, P by Holm|", p.adjust(p, "holm"))
  }
  tau <- floor(10 * min(tapply(x$time, x$group, max))) / 10
  if (tau > 0) {
    m <- lapply(levels, function(g) { i <- x$group == g; rmst(x$time[i], x$died[i], tau) })
    add("restricted mean: estimate and standard error|", unlist(m))
    for (i in seq_along(levels)[-1]) { a <- m[[i]]; b <- m[[1]]; d <- a[1] - b[1]; s <- sqrt(a[2]^2 + b[2]^2)
      if (s == 0) next
      l <- log(a[1] / b[1]); ls <- sqrt((a[2] / a[1])^2 + (b[2] / b[1])^2)
      add(paste0("restricted mean: difference, limits, P|", levels[i]), c(d, d - z * s, d + z * s, 2 * pnorm(-abs(d / s))))
      add(paste0("restricted mean: ratio, limits, P|", levels[i]),
        c(exp(l), exp(l - z * ls), exp(l + z * ls), 2 * pnorm(-abs(l / ls)))) }
  }
  r
}

## Cox models
cox <- function(x, response, terms, title, extra = "", ties = "efron", zph = "km", spread = terms, ...) {
  form <- as.formula(paste(response, "~", paste(c(terms, extra[extra != ""]), collapse = " + ")))
  m <- tryit(coxph(form, x, ties = ties, x = TRUE, control = control, ...))
  if (is.null(m)) return(list())
  b <- coef(m); V <- vcov(m); se <- sqrt(diag(V)); sd <- apply(as.matrix(x[, terms, drop = FALSE]), 2, sd)
  naive <- if (is.null(m$naive.var)) se else sqrt(diag(m$naive.var))
  if (any(is.na(b)) || infinite(b, naive, sd)) return(list())
  k <- length(b); r <- list(); add <- function(q, v) r[[paste0(title, ": ", q, "|")]] <<- unname(v)
  if (!is.null(m$naive.var)) {
    add("standard error", se)
    # With fewer clusters than coefficients R tests what a generalised inverse leaves.
    if (qr(V)$rank == k) add("Wald test", chi(m$wald.test, k))
    return(r) }
  add("coefficient", b); add("standard error", se); add("P", 2 * pnorm(-abs(b / se)))
  add("limits of the hazard ratio", c(exp(b - z * se), exp(b + z * se)))
  add("log likelihood", m$loglik); add("likelihood-ratio test", chi(2 * diff(m$loglik), k))
  add("Wald test", chi(m$wald.test, k)); add("score test", chi(m$score, k))
  add("concordance and its standard error", summary(m)$concordance)
  for (tr in zph) {
    t <- tryit(cox.zph(m, transform = tr, terms = FALSE)$table)
    # With few events only the tests of single coefficients can be done.
    if (is.null(t)) t <- tryit(rbind(cox.zph(m, transform = tr, terms = FALSE, global = FALSE)$table, NA))
    if (!is.null(t)) add(paste0("cox.zph, ", tr), c(t[, 1], t[, 3])) }
  r
}
models <- function(x) {
  terms <- Filter(function(v) !any(is.na(x[[v]])) && sd(x[[v]]) > 0, c("x1", "x2", "x3"))
  late <- x[x$time > x$entry, ]
  varied <- Filter(function(v) length(unique(late[[v]])) > 1, terms)
  plain <- "Surv(time, died)"; from <- "Surv(entry, time, died)"; r <- list()
  if (!length(terms) || sum(x$died) == 0) return(r)
  r <- c(cox(x, plain, terms, "Cox", zph = c("km", "rank", "identity", "log")),
    cox(x, plain, terms, "Cox, Breslow", ties = "breslow", zph = NULL),
    cox(x, plain, terms, "Cox, stratified", extra = "strata(strata)"),
    cox(x, plain, terms, "Cox, robust variance", robust = TRUE),
    cox(x, plain, terms, "Cox, clusters", extra = "cluster(cluster)"))
  if (length(varied) == length(terms) && sum(late$died) > 0) r <- c(r, cox(late, from, terms, "Cox, delayed entry"),
    cox(late, from, terms, "Cox, delayed entry, stratified", extra = "strata(strata)"))
  r
}

## Firth: the penalised likelihood maximised by optim through coxph at fixed coefficients (reference.R)
firth <- function(x, terms, ties) {
  X <- scale(as.matrix(x[, terms, drop = FALSE])); sc <- attr(X, "scaled:scale"); y <- Surv(x$time, x$died)
  ct <- coxph.control(iter.max = 0); rn <- as.character(seq_len(nrow(x)))
  at <- function(b) coxph.fit(X, y, NULL, NULL, b, ct, NULL, ties, rn)
  pl <- function(b) { if (!all(abs(b) < 100)) return(-1e10); m <- at(b); m$loglik[length(m$loglik)] - 0.5 * as.numeric(determinant(m$var)$modulus) }
  mx <- function(fix = NULL, val = 0, start = rep(0, length(terms))) {
    fr <- setdiff(seq_along(terms), fix)
    full <- function(p) { b <- numeric(length(terms)); b[fr] <- p; if (length(fix)) b[fix] <- val; b }
    if (!length(fr)) return(list(value = pl(full(numeric())), b = full(numeric())))
    # From two places: a profile far out can have a lower maximum beside the one that counts.
    from <- unique(list(start[fr], 0 * start[fr]))
    if (length(fr) > 1) from <- c(from, list(optim(start[fr], function(p) -pl(full(p)))$par))
    tried <- lapply(from, function(from) { o <- list(par = from)
      for (h in c(1e-5, 1e-4)) o <- optim(o$par, function(p) -pl(full(p)), method = "BFGS",
        control = list(reltol = 1e-16, maxit = 500, ndeps = rep(h, length(fr)))); o })
    o <- tried[[which.min(sapply(tried, function(o) o$value))]]
    list(value = -o$value, b = full(o$par)) }
  # optim stops where the value no longer changes: two steps of Newton's from there.
  slope <- function(b, h = 1e-3) sapply(seq_along(b), function(j) { e <- replace(0 * b, j, h)
    (8 * (pl(b + e) - pl(b - e)) - (pl(b + 2 * e) - pl(b - 2 * e))) / (12 * h) })
  m <- mx()
  for (i in 1:2) { H <- sapply(seq_along(m$b), function(j) { e <- replace(0 * m$b, j, 1e-3)
    (slope(m$b + e) - slope(m$b - e)) / 2e-3 }); m$b <- m$b - drop(solve(H, slope(m$b))) }
  m$value <- pl(m$b); se <- sqrt(diag(at(m$b)$var)); q <- qchisq(.95, 1) / 2
  ci <- sapply(seq_along(terms), function(j) { h <- function(v) mx(j, v, m$b)$value - m$value + q
    lo <- m$b[j] - 1.5 * se[j]; while (h(lo) > 0) lo <- lo - se[j]; up <- m$b[j] + 1.5 * se[j]; while (h(up) > 0) up <- up + se[j]
    c(uniroot(h, c(lo, m$b[j]), tol = 1e-10)$root, uniroot(h, c(m$b[j], up), tol = 1e-10)$root) })
  fall <- c(sapply(seq_along(terms), function(j) 2 * (m$value - mx(j, 0, m$b)$value)), 2 * (m$value - pl(0 * m$b)))
  list(m$b / sc, se / sc, c(ci[1, ] / sc, ci[2, ] / sc),
    c(pchisq(fall[seq_along(terms)], 1, lower.tail = FALSE), pchisq(fall[length(fall)], length(terms), lower.tail = FALSE)))
}
penalised <- function(x) {
  r <- list(); terms <- Filter(function(v) !any(is.na(x[[v]])) && sd(x[[v]]) > 0, c("x1", "x2", "x3"))
  if (!length(terms) || sum(x$died) == 0) return(r)
  for (ties in c("efron", "breslow")) {
    f <- tryit(firth(x, terms, ties)); if (is.null(f) || any(!is.finite(unlist(f)))) next
    names(f) <- paste0("Firth, ", ties, ": ", c("coefficient", "standard error", "profile limits", "P"), "|"); r <- c(r, f)
  }
  r
}

## competing causes
causes <- function(x) {
  r <- list(); add <- function(k, v) if (!is.null(v)) r[[k]] <<- unname(v)
  x$state <- factor(x$event, levels = 0:max(x$event))
  parts <- c(list(overall = x), split(x, x$group))
  for (part in names(parts)) { p <- droplevels(parts[[part]]); if (nlevels(p$state) < 2 || !any(p$event == 0)) next
    for (type in c("log", "log-log", "plain")) {
      f <- tryit(survfit(Surv(time, state) ~ 1, p, conf.type = type)); if (is.null(f$pstate)) next
      at <- summary(f, times = times, extend = TRUE)
      for (k in seq_along(f$states)[-1]) { key <- paste0("|", part, " ", f$states[k])
        if (type == "log") { add(paste0("Aalen-Johansen: incidence", key), at$pstate[, k])
          add(paste0("Aalen-Johansen: standard error", key), at$std.err[, k]) }
        add(paste0("Aalen-Johansen: limits, ", type, key), c(at$lower[, k], at$upper[, k])) } } }
  if (length(unique(x$group)) > 1) { t <- tryit(cuminc(x$time, x$event, x$group)$Tests)
    if (!is.null(t)) for (k in rownames(t)) if (all(is.finite(t[k, ])) && t[k, 1] >= 0) add(paste0("Gray's test|", k), t[k, c(1, 3, 2)]) }
  terms <- Filter(function(v) !any(is.na(x[[v]])) && sd(x[[v]]) > 0, c("x1", "x2", "x3")); if (!length(terms)) return(r)
  sd <- apply(as.matrix(x[, terms, drop = FALSE]), 2, sd)
  m <- tryit(crr(x$time, x$event, as.matrix(x[, terms, drop = FALSE]), gtol = 1e-13, maxiter = 200))
  if (!is.null(m)) { inv <- sqrt(diag(m$invinf)); if (!infinite(m$coef, inv, sd)) {
    se <- sqrt(diag(m$var)); add("Fine-Gray (crr): coefficient|", m$coef); add("Fine-Gray (crr): standard error|", se)
    add("Fine-Gray (crr): P|", 2 * pnorm(-abs(m$coef / se))); add("Fine-Gray (crr): log likelihood|", c(m$loglik.null, m$loglik)) } }
  m <- tryit({ x$id <- seq_len(nrow(x)); x$state <- droplevels(x$state)
    d <- finegray(as.formula(paste("Surv(time, state) ~ id +", paste(terms, collapse = "+"))), x, etype = "1")
    coxph(as.formula(paste("Surv(fgstart, fgstop, fgstatus) ~", paste(terms, collapse = "+"))), d, weights = fgwt,
      cluster = id, ties = "breslow", control = control) })
  if (!is.null(m) && !any(is.na(coef(m))) && !infinite(coef(m), sqrt(diag(m$naive.var)), sd)) {
    add("Fine-Gray (finegray): coefficient|", coef(m)); add("Fine-Gray (finegray): standard error|", sqrt(diag(vcov(m)))) }
  r
}

sets <- unique(data$set)
answers <- lapply(setNames(sets, sets), function(set) {
  x <- data[data$set == set, ]; x$died <- as.integer(x$event == 1); x$any <- as.integer(x$event > 0)
  r <- curves(x, "overall"); late <- x[x$time > x$entry, ]
  r <- c(r, curves(late, "overall", TRUE))
  for (g in if (length(unique(x$group)) > 1) sort(unique(x$group))) {
    r <- c(r, curves(x[x$group == g, ], g))
    if (any(late$group == g)) r <- c(r, curves(late[late$group == g, ], g, TRUE))
  }
  r <- c(r, if (length(unique(x$group)) > 1) groups(x), models(x))
  # optim takes seconds where there are many events.
  if (nrow(x) <= 60 && (x$kind[1] == "separated" || match(set, sets) %% 6 == 0 || set == "plain10")) r <- c(r, penalised(x))
  if (any(x$event > 1)) r <- c(r, causes(x))
  r
})
write(toJSON(answers, digits = I(13), na = "null", always_decimal = FALSE), output)
