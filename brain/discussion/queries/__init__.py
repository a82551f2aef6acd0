"""Reads of topics, threads and posts; every one asks who looks."""

from brain.discussion.queries.doors import open_post, open_post_by_id, open_thread, open_topic, post_address
from brain.discussion.queries.history import Version, post_history
from brain.discussion.queries.lists import (
    ThreadList,
    latest_threads,
    new_since,
    readings,
    threads_of_topics,
    threads_with_tag,
    unread_threads,
)
from brain.discussion.queries.rows import PostRow, ThreadRow, TopicRow, in_reader_language
from brain.discussion.queries.stream import (
    EventLine,
    PostView,
    Visit,
    events_on_page,
    needs_note,
    note_visit,
    open_thread_page,
    pages_of,
    posts_on_page,
)
from brain.discussion.queries.topics import (
    TopicNode,
    below,
    crumbs_of,
    path_to,
    readable_topics,
    topic_names,
    topic_tree,
    with_those_below,
)

__all__ = [
    "EventLine",
    "PostRow",
    "PostView",
    "ThreadList",
    "ThreadRow",
    "TopicNode",
    "TopicRow",
    "Version",
    "Visit",
    "below",
    "crumbs_of",
    "events_on_page",
    "in_reader_language",
    "latest_threads",
    "needs_note",
    "new_since",
    "note_visit",
    "open_post",
    "open_post_by_id",
    "open_thread",
    "open_thread_page",
    "open_topic",
    "pages_of",
    "path_to",
    "post_address",
    "post_history",
    "posts_on_page",
    "readable_topics",
    "readings",
    "threads_of_topics",
    "threads_with_tag",
    "topic_names",
    "topic_tree",
    "unread_threads",
    "with_those_below",
]
