"""A data refresh: locking a finished study, and what changed between a release and the next extract."""
