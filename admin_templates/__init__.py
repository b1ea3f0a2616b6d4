"""Templates of the pages and messages, with their style sheets, scripts and vendored assets."""
