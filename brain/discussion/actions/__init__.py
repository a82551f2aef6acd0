"""Writes of topics, threads and posts; every one asks who acts."""

from brain.discussion.actions.edits import check_may_edit, edit_post
from brain.discussion.actions.standing import close_thread, open_again, pin_thread, unpin
from brain.discussion.actions.topics import change_topic, create_topic
from brain.discussion.actions.withdrawal import (
    bring_back_post,
    delete_post,
    restore_post,
    withdraw_post,
)
from brain.discussion.actions.writing import add_reply, open_thread, reply
from brain.discussion.drafts import EditDraft, ReplyDraft, ThreadDraft, TopicDraft

__all__ = [
    "EditDraft",
    "ReplyDraft",
    "ThreadDraft",
    "TopicDraft",
    "add_reply",
    "bring_back_post",
    "change_topic",
    "check_may_edit",
    "close_thread",
    "create_topic",
    "delete_post",
    "edit_post",
    "open_again",
    "open_thread",
    "pin_thread",
    "reply",
    "restore_post",
    "unpin",
    "withdraw_post",
]
