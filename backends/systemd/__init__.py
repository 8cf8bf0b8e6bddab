"""systemd: service units from services, and what restarts when they change."""
