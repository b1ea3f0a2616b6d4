"""Orders, their lines and shipments, folded from facts."""
