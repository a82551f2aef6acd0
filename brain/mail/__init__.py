"""Letters: what events bring about by mail, and how it is sent."""
