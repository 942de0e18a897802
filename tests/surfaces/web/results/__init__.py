"""Result lists in the browser."""
