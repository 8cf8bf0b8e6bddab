"""What only looks: where a value, a file or a rebuild comes from, and what a build printed."""
