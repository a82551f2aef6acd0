"""The demo community: invented people who speak of real subjects of the field."""
