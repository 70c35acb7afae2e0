"""Reports a teacher can open anywhere: one HTML file, nothing fetched, nothing sent.

:func:`write_report` draws one assessment with its recording inside the page;
:func:`write_overview` draws a class or a test out of the records of a JSON Lines output.
"""

from pronunciation.report.overview import render_overview, write_overview
from pronunciation.report.utterance import render_report, write_report

__all__ = ["render_overview", "render_report", "write_overview", "write_report"]
