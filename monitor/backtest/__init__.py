"""The backtest: simulated nights from real precinct rows, judged against what came out."""
