"""The daily digest: what needs attention in a store this morning, each number a link to its rows."""

from __future__ import annotations

from vefa.insights.feed import Feed
from vefa.insights.feed_alarm import PLACE, SHORT
from vefa.insights.figure import COUNT_UP_TO, Figure
from vefa.insights.parts import platform_name
from vefa.insights.today import Figures
from vefa.insights.trouble import Health, Trouble
from vefa.locales import Language
from vefa.staff.letter import Paragraph


def lines(
    language: Language, figures: Figures, feed: Feed, base: str, worst: tuple[Health, Trouble] | None = None
) -> list[Paragraph]:
    """Return the digest's lines, none where there is nothing to say; ``base`` is where the store's panel lies.

    ``worst`` is the worst trouble of the store's feeds.
    """
    told = [
        (figures.owed_overdue, _owed_overdue),
        (figures.overdue, _overdue),
        (figures.due_today, _due_today),
        (figures.late, _late),
        (figures.at_risk_today, _at_risk_today),
        (figures.waiting, _waiting),
        (figures.to_decide, _to_decide),
        (figures.silent, _silent),
        (feed.dead, _dead),
    ]
    found: list[Paragraph] = [
        (say(language, figure), base + figure.path) for figure, say in told if figure.count
    ]
    if worst is not None:
        health, trouble = worst
        said = language.gettext(SHORT[trouble], platform=platform_name(health.platform, language))
        found.insert(0, (said, base + PLACE))
    return found


def many(language: Language, figure: Figure) -> str:
    """Return a count as the language writes it, or that there are more than are counted."""
    if figure.count > COUNT_UP_TO:
        return language.gettext("over %(n)s", n=COUNT_UP_TO)
    return language.number(figure.count)


def _owed_overdue(language: Language, figure: Figure) -> str:
    return language.ngettext(
        "%(count)s refund is past its date",
        "%(count)s refunds are past their date",
        figure.count,
        count=many(language, figure),
    )


def _overdue(language: Language, figure: Figure) -> str:
    return language.ngettext(
        "%(count)s promise is overdue",
        "%(count)s promises are overdue",
        figure.count,
        count=many(language, figure),
    )


def _due_today(language: Language, figure: Figure) -> str:
    return language.ngettext(
        "%(count)s promise is due today",
        "%(count)s promises are due today",
        figure.count,
        count=many(language, figure),
    )


def _late(language: Language, figure: Figure) -> str:
    return language.ngettext(
        "%(count)s delivery is late",
        "%(count)s deliveries are late",
        figure.count,
        count=many(language, figure),
    )


def _at_risk_today(language: Language, figure: Figure) -> str:
    return language.ngettext(
        "%(count)s delivery due today is at risk",
        "%(count)s deliveries due today are at risk",
        figure.count,
        count=many(language, figure),
    )


def _waiting(language: Language, figure: Figure) -> str:
    return language.ngettext(
        "%(count)s case waits for us",
        "%(count)s cases wait for us",
        figure.count,
        count=many(language, figure),
    )


def _to_decide(language: Language, figure: Figure) -> str:
    return language.ngettext(
        "%(count)s return is to be decided",
        "%(count)s returns are to be decided",
        figure.count,
        count=many(language, figure),
    )


def _silent(language: Language, figure: Figure) -> str:
    return language.ngettext(
        "%(count)s customer with a late order has heard nothing",
        "%(count)s customers with a late order have heard nothing",
        figure.count,
        count=many(language, figure),
    )


def _dead(language: Language, figure: Figure) -> str:
    return language.ngettext(
        "%(count)s piece of work could not be done",
        "%(count)s pieces of work could not be done",
        figure.count,
        count=many(language, figure),
    )
