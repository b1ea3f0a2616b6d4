"""Orders from a file: its columns, its values, what they change, and a look back at what a file tells."""
