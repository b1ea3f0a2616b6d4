"""The rule book: a table of rules, the decision it makes, and the record of why."""
