"""One person in several files (Personenerkennung)."""

from kimeval.data.link.joined import joined_sheet
from kimeval.data.link.linkage import Linkage, link
from kimeval.data.link.review import read_decisions, review_sheet

__all__ = ["Linkage", "joined_sheet", "link", "read_decisions", "review_sheet"]
