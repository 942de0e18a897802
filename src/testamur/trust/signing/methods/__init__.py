"""Ways to identify and sign: `contract` says what a method must do; each method has its own module beside it."""
