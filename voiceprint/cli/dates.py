"""Dates on the command line."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from speech.errors import ConfigError


def day(text: str | None, *, ahead: bool) -> datetime | None:
    """A date such as ``2027-12-31``, or days from now such as ``365d``, with time zone.

    Parameters
    ----------
    ahead
        Whether it has to lie ahead: days count from now on rather than back, and a date is the
        end of that day rather than its beginning.

    Raises
    ------
    ConfigError
        It is neither, or lies on the wrong side of now.
    """
    if text is None:
        return None
    now = datetime.now(UTC)
    try:
        if text.endswith("d"):
            days = timedelta(days=int(text[:-1]))
            when = now + days if ahead else now - days
        else:
            when = _date(text, ahead).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ConfigError(f"{text!r} is no date: write 2027-12-31, or days such as 30d") from error
    if ahead and when <= now:
        raise ConfigError(f"{text} has passed already")
    if not ahead and when > now:
        raise ConfigError(f"{text} has yet to come")
    return when


def _date(text: str, ahead: bool) -> datetime:
    try:
        of_day = date.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat(text)  # with the time of day
    return datetime.combine(of_day, time.max if ahead else time.min)
