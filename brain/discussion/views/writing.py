"""Pages to write on: a new thread, a reply, an edit, each with its preview."""

from __future__ import annotations

import re
from typing import Any

from flask import request
from flask_babel import gettext as _

from brain.base import markup
from brain.base.access import require
from brain.base.errors import NotFound, Refusal, SignInNeeded, TooSoon, Unfit
from brain.base.http import headers_of, page, say, see_other, viewer
from brain.base.unit import only_read
from brain.discussion.actions import EditDraft, ReplyDraft, ThreadDraft, add_reply, check_may_edit
from brain.discussion.actions import edit_post as save_edit
from brain.discussion.actions import open_thread as open_new
from brain.discussion.errors import SameText, ThreadClosed
from brain.discussion.forms import (
    EditForm,
    FirstPostForm,
    ReplyForm,
    ThreadForm,
    language_choices,
    new_draft_key,
    split_tags,
)
from brain.discussion.links import post_url, thread_url, topic_url
from brain.discussion.queries import (
    PostRow,
    ThreadRow,
    crumbs_of,
    open_post,
    open_thread,
    open_topic,
    topic_names,
    topic_tree,
)
from brain.members.queries import people


def choose_topic() -> Any:
    """Ask in which topic a new thread shall stand."""
    who = viewer()
    if not who.is_member:
        raise SignInNeeded
    return page("discussion/choose_topic.html", nodes=topic_tree(who), topic_url=topic_url)


def new_thread(topic_id: int) -> Any:
    """Write and open a thread."""
    who = viewer()
    topic = open_topic(who, topic_id)
    require(who, "discussion.open_thread", topic)
    form = ThreadForm(data={"language": who.language, "draft_key": new_draft_key()})
    form.language.choices = language_choices(who.languages)
    if _is_sent():
        try:
            draft = form.read(ThreadDraft, tags=split_tags(form.tags.data))
            thread_id, _post_id = open_new(who, topic_id, draft)
            return see_other(thread_url(open_thread(who, thread_id)))
        except (Unfit, TooSoon, SameText) as error:
            _refuse(form, error)
    crumbs = [(above.name, topic_url(above)) for above in crumbs_of(topic_names(who), topic_id)]
    return page(
        "discussion/new_thread.html",
        form=form,
        topic=topic,
        crumbs=crumbs,
        preview=_preview(form),
        thread=None,
    ), *_status(form)


def reply(thread_id: int) -> Any:
    """Write a reply: to the thread, or to one post of it (`?to=12&quote=12`)."""
    who = viewer()
    form = ReplyForm()
    form.language.choices = language_choices(who.languages)
    if _is_sent():
        try:
            to = form.reply_to.data or ""
            draft = form.read(ReplyDraft, reply_to=int(to) if to.isdecimal() else None)
            thread, number = add_reply(who, thread_id, draft)
            return see_other(post_url(thread.id, thread.slug, number))
        except (Unfit, TooSoon, SameText) as error:
            _refuse(form, error)
    thread = open_thread(who, thread_id)
    if thread.closed_at is not None and who.is_member and not who.is_staff:
        raise ThreadClosed
    require(who, "discussion.reply", thread)
    answered = _answered(thread_id)
    if request.method != "POST":
        form = ReplyForm(data=_first_words(thread, answered))
        form.language.choices = language_choices(who.languages)
    return page(
        "discussion/reply.html",
        form=form,
        thread=thread,
        answered=answered,
        answered_person=_person(answered),
        excerpt=markup.excerpt(answered.html, 300) if answered else "",
        preview=_preview(form),
    ), *_status(form)


def edit_post(thread_id: int, number: int) -> Any:
    """Give a post another text."""
    who = viewer()
    post = open_post(who, thread_id, number)
    check_may_edit(who, post)
    form = _edit_form(post)
    form.language.choices = language_choices([*who.languages, post.language])
    if _is_sent():
        try:
            more: dict[str, Any] = {"tags": split_tags(form.tags.data)} if number == 1 else {}
            saved = save_edit(who, thread_id, number, form.read(EditDraft, **more))
            say(_("Your changes are saved."))
            return see_other(post_url(saved.thread_id, saved.slug, number))
        except Unfit as error:
            form.refuse(error)
    shown = page("discussion/edit.html", form=form, post=post, preview=_preview(form), thread=None)
    return shown, *_status(form)


def _is_sent() -> bool:
    """Tell whether a form is to be published; a preview is rendered without holding up writers."""
    if request.method != "POST":
        return False
    if request.form.get("do") == "preview":
        only_read()
        return False
    return True


def _refuse(form: Any, error: Refusal) -> None:
    """Show the form again with what was typed, and why it was not taken."""
    if isinstance(error, Unfit):
        form.refuse(error)
    else:
        form.form_errors.append(str(error))
        form.refused_by = error


def _status(form: Any) -> tuple[int, dict[str, str]]:
    """Give the status and headers of a page with a form."""
    error = getattr(form, "refused_by", None)
    if error is not None:
        return error.status, headers_of(error)
    return (422 if form.errors else 200), {}


def _preview(form: Any) -> str:
    """Render what is in the text field, by the same renderer as posts."""
    if request.method != "POST" or request.form.get("do") != "preview":
        return ""
    text = form.text.data or ""
    if not form.validate_on_submit():
        return ""
    return markup.as_markup(markup.render(text).html)


def _answered(thread_id: int) -> PostRow | None:
    asked = request.args.get("to") or request.form.get("reply_to") or ""
    if not asked.isdecimal() or len(asked) > 6:
        return None
    try:
        post = open_post(viewer(), thread_id, int(asked))
    except NotFound:  # withdrawn meanwhile: what was written in reply to it is not lost
        return None
    return None if post.withdrawn else post


def _person(post: PostRow | None) -> Any:
    return people([post.author_id]).get(post.author_id) if post and post.author_id else None


def _first_words(thread: ThreadRow, answered: PostRow | None) -> dict[str, Any]:
    values: dict[str, Any] = {
        "language": viewer().language,
        "draft_key": new_draft_key(),
        "reply_to": str(answered.number) if answered else "",
    }
    if answered is not None and request.args.get("quote"):
        person = _person(answered)
        name = re.sub(r'["\[\],]', "", person.name) if person else ""
        source = markup.quotable(answered.source).strip()
        values["text"] = (
            f'[quote="{name}, post:{answered.number}, thread:{thread.id}"]\n{source}\n[/quote]\n\n'
        )
    return values


def _edit_form(post: PostRow) -> Any:
    values = {"text": post.source, "language": post.language, "seen": post.stamp}
    if post.number > 1:
        return EditForm(data=values)
    return FirstPostForm(data={**values, "title": post.title, "tags": ", ".join(post.tags)})
