"""Primary Night: watches election results for endorsed candidates and tells staff."""
