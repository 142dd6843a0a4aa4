"""Code to copy."""

from __future__ import annotations

import textwrap

PARSE = '''\
def parse_prices(path, currency="EUR"):
    """Reads prices."""
    prices = {}
    with open(path, encoding="utf-8") as stream:
        for number, line in enumerate(stream):
            name, _, amount = line.partition(";")
            if not amount.strip():
                raise ValueError(f"line {number} has no amount")
            prices[name.strip()] = convert(float(amount), currency)
    log.info("read %d prices", len(prices))
    return prices
'''
#: The same with other names and literals.
RENAMED = (
    PARSE.replace("parse_prices", "read_weights").replace("prices", "weights")
    .replace("amount", "weight").replace('";"', '","').replace("currency", "unit")
)  # fmt: skip
#: The same with a statement changed and one more.
GAPPED = PARSE.replace("    prices = {}", "    prices = dict(DEFAULTS)\n    check(path)")
REPORT = '''\
def write_report(target, rows, title=None):
    """Writes a report."""
    lines = [title or "Report", "=" * 20]
    for row in sorted(rows, key=lambda row: row.total, reverse=True):
        share = 100 * row.total / max(1, sum(r.total for r in rows))
        lines.append(f"{row.name:20} {row.total:8} {share:5.1f} %")
    if not rows:
        lines.append("nothing to report")
    target.write_text("\\n".join(lines) + "\\n", encoding="utf-8")
    return len(lines)
'''


def method_of(name: str, *functions: str, bases: str = "") -> str:
    """A class with functions as methods."""
    head = f"class {name}({bases}):\n" if bases else f"class {name}:\n"
    body = "\n".join(textwrap.indent(f.replace("(", "(self, ", 1), "    ") for f in functions)
    return head + body
