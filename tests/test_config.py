"""Configuration: what is accepted, and the sentence for everything that is not."""

from __future__ import annotations

import pytest

from scanner.base.errors import ScanError
from scanner.base.model import Dimension, Threshold
from scanner.config import ArmThresholds, Duplication, Limits, Settings, Thresholds, parse_settings


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("pyproject.toml", "[project]\nname = 'x'\n", None),
        ("pyproject.toml", "[tool.other]\nlimit = 3\n", None),
        ("pyproject.toml", "[tool.tallystick]\n", Settings()),
        ("tallystick.toml", "", Settings()),
        ("tallystick.toml", "[limits]\ncognitive = 9\n", Settings(limits=Limits(cognitive=9))),
        ("tallystick.toml", "thresholds.rules = 5", Settings(thresholds=Thresholds(rules=5.0))),
        # What the dimension was called before.
        (
            "tallystick.toml",
            "thresholds.convention = 5",
            Settings(thresholds=Thresholds(rules=5.0)),
        ),
        (
            "tallystick.toml",
            "thresholds.ai.convention = 5",
            Settings(thresholds=Thresholds(ai=ArmThresholds(rules=5.0))),
        ),
        ("tallystick.toml", "exclude = ['docs/']\n", Settings(exclude=("docs/",))),
    ],
)
def test_settings(name: str, text: str, expected: Settings | None) -> None:
    assert parse_settings(text, name) == expected


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("limits = ", "tallystick.toml is not valid TOML", None),
        ("limit = 3", "unknown key 'limit'", "Did you mean 'limits'?"),
        ("[limits]\ncognitve = 3", "unknown key 'limits.cognitve'", "'limits.cognitive'?"),
        (
            "[thresholds]\nzzz = 3",
            "unknown key 'thresholds.zzz'",
            "Known keys here: thresholds.ai, thresholds.c",
        ),
        ("[limits]\ncognitive = 'x'", "'limits.cognitive': Expected int, got str", None),
        ("exclude = 'docs'", "'exclude': Expected array, got str", None),
        ("[duplication]\ntokens = 3", "'duplication.tokens': Expected", None),
        ("limits = 3", "'limits': Expected object, got int", None),
        ("[limits]\nnesting = -1", "'limits.nesting': Expected int >= 0", None),
        ("[points]\ncognitive = -1", "'points.cognitive': Expected float >= 0", None),
        ("[guard_points]\nwaiver = -0.5", "'guard_points.waiver': Expected float >= 0", None),
        ("[rule_points]\nx = -1", "'rule_points[...]': Expected float >= 0", None),
        ("[thresholds]\ndebt = -5", "'thresholds.debt': Expected float >= 0", None),
        ("[thresholds.ai.facts]\nnesting = -1", "'thresholds.ai.facts.nesting': Expected", None),
    ],
)
def test_refused(text: str, message: str, hint: str | None) -> None:
    with pytest.raises(ScanError) as caught:
        parse_settings(text, "tallystick.toml")
    assert message in caught.value.message
    assert hint is None or hint in (caught.value.hint or "")
    assert caught.value.exit_code == 2


def test_thresholds_that_are_off_are_not_listed() -> None:
    text = "[thresholds]\nduplication = 0\n"
    settings = parse_settings(text, "tallystick.toml")
    assert settings is not None
    assert settings.thresholds.as_tuple() == (
        Threshold(None, 20.0),
        Threshold(Dimension.DUPLICATION, 0.0),
    )


def test_equal_settings_have_equal_fingerprints() -> None:
    assert Settings().fingerprint == Settings(limits=Limits()).fingerprint
    assert Settings().fingerprint != Settings(limits=Limits(nesting=3)).fingerprint
    other = Settings(duplication=Duplication(test_factor=2))
    assert Settings().fingerprint != other.fingerprint
