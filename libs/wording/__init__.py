"""Days, hours, numbers and telephone numbers as people in Vietnam read and write them. Pure: the zone is passed in."""

from .figure import number_in_words, size_in_words
from .moment import clock_in_words, date_in_words, day_in_words, moment_in_words, time_left_in_words
from .phone import phone_in_words

__all__ = [
    "clock_in_words",
    "date_in_words",
    "day_in_words",
    "moment_in_words",
    "number_in_words",
    "phone_in_words",
    "size_in_words",
    "time_left_in_words",
]
