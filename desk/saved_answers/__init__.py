"""Costs from saved answers of `aws ce get-cost-and-usage`: whole, each day once, and nothing made up."""

from desk.saved_answers.errors import SavedAnswerError
from desk.saved_answers.facts import saved_facts

__all__ = ["SavedAnswerError", "saved_facts"]
