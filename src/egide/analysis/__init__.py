"""From tables to answers: measures of effect, intervals, comparisons, causes. Reads bundles and nothing else."""
