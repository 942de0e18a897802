"""OneRoster 1.1 and 1.2 CSV bundles (1EdTech OneRoster CSV binding 1.2.1): rostering and gradebook results."""
