"""The HTML report: data first (a frozen page), then templates that compute nothing."""
