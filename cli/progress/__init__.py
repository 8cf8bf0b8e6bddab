"""How builds and deploys are shown while they run: on stderr, as a live tree or as plain lines."""
