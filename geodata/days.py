"""The calendar day in Vietnam: the day of everything that the register says of a moment."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def vietnamese_day(moment: datetime) -> date:
    return moment.astimezone(VIETNAM).date()
