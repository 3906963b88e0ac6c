"""From a printed number back to its estimate, the patients of its analysis set, and their rows of the extract."""
