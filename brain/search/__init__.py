"""Finding: an index filled from the outbox, asked through our own query tree."""
