"""Reading the diary, one file per subject matter."""
