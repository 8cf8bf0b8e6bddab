"""Program files laid out anew."""
