"""The plugin's one description, made from the code: what it may do, hears, shows, can be set to, and keeps."""
