"""Complaints and questions: opened, ordered, answered, closed."""
