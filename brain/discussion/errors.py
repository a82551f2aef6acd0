"""Refusals of the discussion."""

from __future__ import annotations

from flask_babel import lazy_gettext

from brain.base.errors import Refusal, Stale


class ThreadClosed(Refusal):
    """Somebody wants to write in a closed thread."""

    status = 409
    sentence = lazy_gettext("This thread is closed. Open a new one and link to it if there is more to say.")


class ThreadFull(Refusal):
    """The thread has as many posts as one may have."""

    status = 409
    sentence = lazy_gettext(
        "This thread has become too long for more replies. Open a new one and link to it."
    )


class SameText(Refusal):
    """The same member sent the same text a moment ago."""

    status = 409
    sentence = lazy_gettext(
        "You have just sent the same text. It is published; there is no need to send it again."
    )


class HasReplies(Refusal):
    """An author wants to delete the first post of a thread that others answered."""

    status = 409
    sentence = lazy_gettext("There are replies here, so the first post stays. You may still edit it.")


class TooLate(Refusal):
    """The time in which authors may do this to their own post is over."""

    status = 409
    sentence = lazy_gettext("The time for this is over. Ask a moderator if it matters.")


class EditedMeanwhile(Stale):
    """Somebody else saved the same post first; says who."""

    def __init__(self, name: str) -> None:
        if name:
            super().__init__(
                lazy_gettext(
                    "%(name)s changed this post while you were writing. Your text is kept below: "
                    "open the post again and carry over what is still missing.",
                    name=name,
                )
            )
        else:
            super().__init__()


class TopicInUse(Refusal):
    """A topic cannot become its own descendant or be nested too deep."""

    status = 409
    sentence = lazy_gettext("A topic cannot be put inside itself or deeper than five levels.")
