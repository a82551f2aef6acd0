"""Hold the numbers of the score."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Weights:
    """Hold the numbers of the score; those of the parts are scaled to sum to 1."""

    topic: float = 0.55
    modality: float = 0.12
    language: float = 0.10
    context: float = 0.10

    same: float = 1.0
    narrower: float = 0.7
    broader: float = 0.5
    related: float = 0.3
    asked_and_missed: float = 0.8
    offered_unasked: float = 0.2

    covers: float = 0.55
    focus: float = 0.35
    facilitator_language: float = 0.10

    def of_pair(self) -> dict[str, float]:
        """Share 1 among the parts that a need and an offer are scored by."""
        return _scaled(
            {
                "topic": self.topic,
                "modality": self.modality,
                "language": self.language,
                "context": self.context,
            }
        )

    def of_facilitator(self) -> dict[str, float]:
        """Share 1 among the parts that a need and a facilitator are scored by."""
        return _scaled({"covers": self.covers, "focus": self.focus, "language": self.facilitator_language})


DEFAULT_WEIGHTS = Weights()


def _scaled(parts: Mapping[str, float]) -> dict[str, float]:
    whole = sum(parts.values())
    return {name: weight / whole for name, weight in parts.items()}
