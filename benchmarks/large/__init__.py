"""A shop a thousand times as large as one journey: prototype orders that went through the program, multiplied."""
