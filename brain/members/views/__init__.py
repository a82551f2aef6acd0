"""Pages of people: the door, one's own account, others."""

from brain.members.views import account, entrance, people
from brain.members.views.blueprint import blueprint

__all__ = ["account", "blueprint", "entrance", "people"]
