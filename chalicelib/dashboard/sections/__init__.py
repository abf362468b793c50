"""The page by section: each a part of the view, beside the part of the template that shows it."""
