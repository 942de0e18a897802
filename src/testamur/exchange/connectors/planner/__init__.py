"""From neutral rows to the register: which rows are new, which changed, and the verbs that load them."""
