"""The admin side, put together: the desk and the flows behind it.

Owns the list of flows. Refuses to know what any of them does.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, tzinfo

from bot.asked import Asked
from bot.authority import Authority
from bot.broadcast import Broadcast
from bot.dialogs import Dialogs
from bot.handlers.announcements import Announcements
from bot.handlers.articles import Articles
from bot.handlers.calendar import Calendar
from bot.handlers.desk import Desk
from bot.handlers.drafts import Drafts
from bot.handlers.exchange import Exchange
from bot.handlers.facts import FactDesk
from bot.handlers.learning import Learning
from bot.handlers.lookup import Lookup
from bot.handlers.people import People
from bot.handlers.questions import Handlers
from bot.handlers.recipients import Places
from bot.handlers.reports import Reports
from bot.handlers.rounds import Rounds
from bot.statistics import Counters
from bot.teaching import Teaching
from knowledge.records import dataclass


@dataclass(frozen=True, slots=True)
class Office:
    """What the admins' handlers work with."""

    authority: Authority
    dialogs: Dialogs
    teaching: Teaching
    asked: Asked
    counters: Counters
    zone: tzinfo
    now: Callable[[], datetime]  # local time where the bot lives
    cast: Broadcast

    @property
    def reports(self) -> Reports:
        """Return what makes figures and the weekly digest."""
        return Reports(self.authority, self.counters, self.asked, self.teaching, self.now)

    def today(self) -> date:
        """Return the present day where the bot lives."""
        return self.now().date()


def handlers(office: Office) -> tuple[Handlers, Handlers]:
    """Return the admins' handlers, to stand in two groups of their own before everybody else's.

    The first only look and let everything pass.
    """
    desk = Desk(office.authority, office.dialogs)
    facts = FactDesk(desk, office.teaching, office.asked, office.today)
    lookup = Lookup(desk, facts, office.teaching, office.zone, office.today)
    writing = Announcements(desk, office.cast)
    drafts, rounds = Drafts(desk, office.cast, writing), Rounds(desk, office.cast, writing)
    flows = (
        facts,
        lookup,
        Learning(desk, facts, office.teaching, office.asked),
        Articles(desk, office.teaching),
        Exchange(desk, office.teaching, office.today),
        People(desk, office.cast.register, office.zone),
        writing,
        Calendar(desk, office.cast, drafts, rounds),
        Places(desk, office.cast),
    )
    commands = [handler for flow in flows for handler in flow.handlers()]
    return [desk.leaving()], [*commands, *office.reports.handlers(desk), *desk.handlers()]
