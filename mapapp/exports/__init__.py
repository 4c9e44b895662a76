"""Exports of exactly the view: whatever the planner sees, as a file that says what it is and can be cited.

One overlay becomes one `View` (`view.py`); every format writes that and nothing else, so no two can disagree. Formats
and their writers stand in `formats.py`; `rendering.py` draws the heavy ones apart from the worker that answers.
"""
