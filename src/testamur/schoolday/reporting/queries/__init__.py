"""Reading result lists, one file per subject matter."""
