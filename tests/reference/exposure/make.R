# Exposure that comes with time: the Stanford heart transplants (survival::jasa, survival::heart) and the study's rules.
# Usage: Rscript make.R OUTPUT.json, in this folder. Writes heart.csv and jasa.csv too, which are data of the package.
suppressMessages({library(survival); library(jsonlite)})
output <- commandArgs(trailingOnly = TRUE)[1]

cox <- function(fit) {
  s <- summary(fit)
  list(term = rownames(s$coefficients), coef = unname(s$coefficients[, 1]), se = unname(s$coefficients[, 3]),
       p = unname(s$coefficients[, 5]), likelihood_ratio = unname(s$logtest[1]))
}
table_of <- function(fit) {
  s <- summary(fit)$table
  c(unname(s["median"]), unname(s["0.95LCL"]), unname(s["0.95UCL"]))
}

# 1. The published example: rows (start, stop] as the package has them (Crowley and Hu 1977; Therneau's vignette).
heart <- survival::heart
heart$transplant <- as.numeric(as.character(heart$transplant))
write.csv(heart, "heart.csv", row.names = FALSE)
published <- list(
  unadjusted = cox(coxph(Surv(start, stop, event) ~ transplant, heart)),
  adjusted = cox(coxph(Surv(start, stop, event) ~ transplant + age + year + surgery, heart)),
  mantel_byar = coxph(Surv(start, stop, event) ~ transplant, heart, ties = "exact")$score)

# 2. From one row per patient, with the day rules of estimates/exposure.py: the day before acceptance starts the clock.
days <- as.numeric(jasa$fu.date - jasa$accept.dt)
wait <- as.numeric(jasa$tx.date - jasa$accept.dt)
jasa2 <- data.frame(patient_id = sprintf("%03d", seq_along(days)), days = days, event = jasa$fustat,
                    exposed_days = wait, surgery = jasa$surgery)
write.csv(jasa2, "jasa.csv", row.names = FALSE, na = "")
rows <- do.call(rbind, lapply(seq_len(nrow(jasa2)), function(i) {
  d <- jasa2[i, ]
  if (is.na(d$exposed_days) || d$exposed_days >= d$days)
    return(data.frame(start = -1, stop = d$days, event = d$event, exposed = 0, surgery = d$surgery))
  data.frame(start = c(-1, d$exposed_days), stop = c(d$exposed_days, d$days), event = c(0, d$event), exposed = 0:1,
             surgery = d$surgery)
}))
jasa2$ever <- as.numeric(!is.na(jasa2$exposed_days) & jasa2$exposed_days <= jasa2$days)
naive <- survfit(Surv(days, event) ~ ever, jasa2)
landmark <- function(day) {
  left <- subset(jasa2, days > day)
  left$by_then <- as.numeric(!is.na(left$exposed_days) & left$exposed_days <= day)
  fit <- coxph(Surv(days - day, event) ~ by_then, left)
  list(n = nrow(left), exposed = sum(left$by_then), cox = cox(fit),
       logrank = survdiff(Surv(days - day, event) ~ by_then, left)$chisq,
       median = unname(summary(survfit(Surv(days - day, event) ~ by_then, left))$table[, "median"]))
}
# Simon and Makuch: both curves from the first day with five under observation after transplantation.
transplanted <- subset(rows, exposed == 1)
begins <- min(Filter(function(d) sum(transplanted$start <= d & transplanted$stop > d) >= 5,
                     sort(unique(transplanted$start))))
curve <- function(state) {
  own <- subset(rows, exposed == state & stop > begins)
  fit <- survfit(Surv(pmax(start, begins), stop, event) ~ 1, own)
  at <- summary(fit, times = c(91.3125, 182.625, 365.25), extend = TRUE)
  list(median = table_of(fit), surv = at$surv, lower = at$lower, upper = at$upper)
}
answers <- list(
  published = published,
  own = list(
    naive = cox(coxph(Surv(days, event) ~ ever, jasa2)),
    naive_logrank = survdiff(Surv(days, event) ~ ever, jasa2)$chisq,
    naive_median = list(never = unname(summary(naive)$table[1, 7:9]), ever = unname(summary(naive)$table[2, 7:9])),
    time_dependent = cox(coxph(Surv(start, stop, event) ~ exposed, rows)),
    adjusted = cox(coxph(Surv(start, stop, event) ~ exposed + surgery, rows)),
    mantel_byar = coxph(Surv(start, stop, event) ~ exposed, rows, ties = "exact")$score,
    begins = begins, exposed = curve(1), unexposed = curve(0),
    landmark_1 = landmark(30.4375), landmark_3 = landmark(91.3125)),
  # Delayed entry: survival from acceptance among those transplanted.
  delayed = local({
    own <- subset(jasa2, ever == 1 & exposed_days < days)
    fit <- survfit(Surv(exposed_days, days, event) ~ 1, own)
    list(median = table_of(fit), naive = table_of(survfit(Surv(days, event) ~ 1, own)),
         entry = cox(coxph(Surv(exposed_days, days, event) ~ I(exposed_days / 30.4375), own)),
         surgery = cox(coxph(Surv(exposed_days, days, event) ~ surgery, own)),
         logrank = coxph(Surv(exposed_days, days, event) ~ surgery, own, ties = "exact")$score)
  }))
write_json(answers, output, digits = NA, auto_unbox = TRUE, na = "null", null = "null", pretty = TRUE)
