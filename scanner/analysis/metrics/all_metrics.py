"""The registered metrics. To add one: write its module, then one import and one line here."""

from __future__ import annotations

from scanner.analysis.metrics.metric import Metric

METRICS: tuple[Metric, ...] = ()
