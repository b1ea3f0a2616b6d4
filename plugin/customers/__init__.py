"""Who the customers are, and the vault that holds what is personal about them."""
