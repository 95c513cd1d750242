"""`/help`: what the answers mean and what to do, for whoever stands before a sign."""

from flask import Blueprint, render_template

from vocab.history import Status

STATES = (
    *(Status.ACTIVE, Status.PENDING, Status.EXPIRED, Status.SUSPENDED, Status.REVOKED, Status.SURRENDERED),
    *(Status.SUPERSEDED, Status.UNKNOWN, "disputed"),
)


def help_blueprint() -> Blueprint:
    """The page; it asks the register nothing."""
    blueprint = Blueprint("help", __name__)

    @blueprint.get("/help")
    def page() -> str:
        return render_template("help.html", states=STATES)

    return blueprint
