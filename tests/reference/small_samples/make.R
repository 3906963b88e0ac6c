# R's answers for methods of small samples. Rscript make.R OUTPUT.json
# Input: the data sets one folder up. Permutation tests are listed by a loop of our own over every allocation.
suppressPackageStartupMessages({library(survival); library(km.ci); library(jsonlite)})
output <- commandArgs(TRUE)[1]
names_of <- sub(".csv", "", sort(list.files("..", "csv$")), fixed = TRUE)

allocations <- function(sizes, free = seq_len(sum(sizes))) {
  if (length(sizes) == 1) return(list(list(free)))
  out <- list()
  for (chosen in combn(length(free), sizes[1], simplify = FALSE))
    for (rest in allocations(sizes[-1], free[-chosen])) out[[length(out) + 1]] <- c(list(free[chosen]), rest)
  out
}
exact <- function(d) {
  f <- survfit(Surv(time, event) ~ 1, d)
  scores <- d$event - f$cumhaz[match(d$time, f$time)]
  d$group <- factor(d$group)
  sizes <- as.integer(table(d$group))
  statistic <- function(parts) sum(sapply(parts, function(i) sum(scores[i])^2 / length(i)))
  observed <- statistic(split(seq_len(nrow(d)), d$group))
  all <- sapply(allocations(sizes), statistic)
  sums <- sapply(split(scores, d$group), sum)
  lr <- survdiff(Surv(time, event) ~ group, d)
  list(patients = nrow(d), allocations = length(all), p = mean(all >= observed - 1e-9 * sum(scores^2)),
       sums = unname(sums), observed_minus_expected = unname(lr$obs - lr$exp))
}
rothman <- function(d) {
  f <- survfit(Surv(time, event) ~ 1, d)
  r <- km.ci(f, method = "rothman")
  inside <- f$surv > 0 & f$surv < 1
  q <- quantile(r, 0.5)
  # km.ci sets the limits to 1 where the curve has reached 0: no median from those.
  known <- min(f$surv) > 0
  list(time = f$time[inside], lower = r$lower[inside], upper = r$upper[inside], complete = known,
       median_lower = if (known) unname(q$lower) else NA, median_upper = if (known) unname(q$upper) else NA)
}
out <- list()
for (name in names_of) {
  d <- read.csv(file.path("..", paste0(name, ".csv")))
  d$event <- as.integer(d$event == 1)
  rows <- round(seq(1, nrow(d), length.out = if (length(unique(d$group)) > 2) 9 else 12))
  out[[name]] <- list(
    permutation = c(list(rows = rows), exact(d[rows, ])),
    rothman = lapply(split(d, d$group), rothman),
    clopper_pearson = lapply(1:12, function(deaths) unname(binom.test(12 - deaths, 12)$conf.int[1:2]))
  )
}
z <- function(p) qnorm(p)
out$power <- lapply(list(c(33, 0.45), c(12, 0.3), c(5, 0.5)), function(x) {
  se <- 1 / sqrt(x[1] * x[2] * (1 - x[2]))
  list(events = x[1], share = x[2], detectable = exp((z(0.975) + z(0.8)) * se), power_2 = pnorm(log(2) / se - z(0.975)))
})
write(toJSON(out, auto_unbox = TRUE, digits = NA, na = "null"), output)
