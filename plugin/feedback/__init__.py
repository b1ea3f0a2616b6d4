"""One question, one answer: what customers say when they are asked, and what they post by themselves."""
