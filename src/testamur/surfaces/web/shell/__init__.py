"""The frame of every page: appearance, manifest, and the gallery of components."""
