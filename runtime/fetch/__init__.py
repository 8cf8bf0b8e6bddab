"""Sources: what they hold, and how they come here."""
