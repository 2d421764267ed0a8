"""County files, one per county; the platforms they stand on are in `scrapers.platforms`."""
