"""Reads of topics, threads and posts; every one asks who looks."""

from brain.discussion.queries.doors import (
    open_post,
    open_post_by_id,
    open_thread,
    open_topic,
    post_address,
)
from brain.discussion.queries.rows import PostRow, ThreadRow, TopicRow, in_reader_language
from brain.discussion.queries.topics import (
    TopicNode,
    below,
    crumbs_of,
    readable_topics,
    topic_tree,
    tree_of,
)

__all__ = [
    "PostRow",
    "ThreadRow",
    "TopicNode",
    "TopicRow",
    "below",
    "crumbs_of",
    "in_reader_language",
    "open_post",
    "open_post_by_id",
    "open_thread",
    "open_topic",
    "post_address",
    "readable_topics",
    "topic_tree",
    "tree_of",
]
