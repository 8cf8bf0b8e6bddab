"""Effects: disk, processes, locks. Decides nothing; does what the IRs say."""
