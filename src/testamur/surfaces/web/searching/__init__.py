"""The search over what one may see."""
