"""A return: asked, approved or refused, received, settled."""
