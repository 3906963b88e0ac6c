# A mistake in one call must not hide what the others find.
failures <- character()
for (name in ls(pattern = "^check_")) local({
  method <- get(name); called <- name
  assign(name, function(...) tryCatch(method(...), error = function(problem) {
    failures <<- c(failures, paste0(called, "(", ..1, "): ", conditionMessage(problem)))
  }), envir = globalenv())
})

# ---- the table of agreement --------------------------------------------------------------------------------------

report <- function() {
  all <- do.call(rbind, found)
  both <- is.na(all$ours) & is.na(all$r)
  one <- xor(is.na(all$ours), is.na(all$r))
  size <- pmax(abs(all$r), abs(all$ours))
  all$difference <- ifelse(both, 0, ifelse(one, Inf, abs(all$ours - all$r) / ifelse(size < 1e-8, 1, size)))
  row <- match(all$estimate_id, estimates$estimate_id)
  all$model <- estimates$model[row]
  all$model[is.na(all$model)] <- "counts"
  all$model <- sub("\\|.*", "", all$model)
  all$statistic <- estimates$statistic[row]
  write.csv(all, file.path(folder, "agreement.csv"), row.names = FALSE, na = "")
  kinds <- split(all, paste(all$model, all$statistic, sep = ": "))
  summary <- data.frame(
    values = vapply(kinds, nrow, 1L), largest_difference = vapply(kinds, function(k) max(k$difference), 1),
    within = vapply(kinds, function(k) max(k$within), 1)
  )
  cat(sprintf("%-58s %8s   %s\n", "quantity", "values", "largest relative difference"))
  for (k in seq_len(nrow(summary))) {
    largest <- summary$largest_difference[k]
    cat(sprintf("%-58s %8d   %s%s\n", rownames(summary)[k], summary$values[k], format(signif(largest, 2)),
                if (largest > summary$within[k]) "   DIFFERS" else if (summary$within[k] > TOLERANCE) paste0("   (within ", summary$within[k], ")") else ""))
  }
  recomputed <- unique(all$estimate_id)
  cat(sprintf("\n%d of the %d estimates were computed again (%d values), with %s and survival %s.\n", length(recomputed),
              nrow(estimates), nrow(all), R.version.string, packageVersion("survival")))
  if (nrow(left_out)) {
    cat("Not computed again:\n")
    for (k in seq_len(nrow(left_out))) cat(sprintf("  %s (%d): %s\n", left_out$model[k], left_out$rows[k], left_out$why[k]))
  }
  named <- ifelse(is.na(estimates$model), "counts", sub("\\|.*", "", estimates$model))
  rest <- !estimates$estimate_id %in% recomputed & estimates$statistic != "not_fitted" & named %in% all$model
  if (any(rest)) {
    cat("Without a second value here (bootstrapped, imputed, of a model or test that could not be made, or of nobody):\n")
    kinds <- table(paste(named, estimates$statistic, sep = ": ")[rest])
    for (kind in names(kinds)) cat(sprintf("  %s (%d)\n", kind, kinds[[kind]]))
  }
  if (length(failures)) cat("\nFailed:\n", paste0("  ", failures, "\n"), sep = "")
  bad <- all[all$difference > all$within, ]
  if (nrow(bad)) {
    cat(sprintf("\n%d values differ by more than they may:\n", nrow(bad)))
    shown <- head(bad, 40)
    for (k in seq_len(nrow(shown))) cat(sprintf("  %s, %s: %.10g here, %.10g in R\n", shown$estimate_id[k], shown$column[k], shown$ours[k], shown$r[k]))
  }
  if (nrow(bad) || length(failures)) quit(status = 1)
  cat(sprintf("\nEvery value agrees within %g, or within what stands beside it.\n", TOLERANCE))
}
