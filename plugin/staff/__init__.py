"""The people who work with Vefa: accounts, the stores they belong to, how they sign in, what they did."""
