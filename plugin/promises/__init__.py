"""The ledger of promises: what the store owes, to whom, by when."""
