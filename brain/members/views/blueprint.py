"""The blueprint that all pages of this slice share."""

from flask import Blueprint

blueprint = Blueprint("members", "brain.members", template_folder="templates")
