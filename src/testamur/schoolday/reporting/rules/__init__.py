"""Pure rules of the result lists."""
