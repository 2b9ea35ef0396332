"""Only a model that can decide everything this version asks may take the place of the shipped one."""

import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.linear import Table
from services.triage.model_file import MODEL_FILE, BadModel, read_model, shipped_model
from tests.support.other_model import small_model

SMALL = small_model()


def test_the_shipped_model_could_be_adopted() -> None:
    assert read_model(MODEL_FILE.read_bytes()).table.name == shipped_model().table.name


def _without(decision: str, label: str) -> Table:
    """A model that has forgotten one label, and is whole otherwise."""
    labels = [(name, one) for name, all_of in SMALL.decisions.items() for one in all_of]
    kept = [at for at, one in enumerate(labels) if one != (decision, label)]
    own = SMALL.decisions[decision]
    calibration = SMALL.calibration[decision]
    shift = tuple(one for at, one in enumerate(calibration.shift) if own[at] != label)
    return replace(
        SMALL,
        decisions={**SMALL.decisions, decision: tuple(one for one in own if one != label)},
        weights=SMALL.weights[:, kept],
        scale=SMALL.scale[kept],
        intercepts=SMALL.intercepts[kept],
        calibration={**SMALL.calibration, decision: replace(calibration, shift=shift)},
    )


def _renamed(decision: str, label: str, as_: str) -> Table:
    own = tuple(as_ if one == label else one for one in SMALL.decisions[decision])
    return replace(SMALL, decisions={**SMALL.decisions, decision: own})


@pytest.mark.parametrize(
    ("spoilt", "told"),
    [
        (lambda: replace(SMALL, reads="features 1, a score worth 0.3"), "another reading"),
        (lambda: replace(SMALL, reads=""), "an earlier version"),
        (lambda: _without("disposition", "complaint_denunciation"), "labels of disposition"),
        (lambda: _without("kind", "official_conduct"), "labels of kind"),
        (lambda: _renamed("field", "khac", "trai_dat"), "labels of field"),
        (lambda: _renamed("disposition", "spam_ads", "vut_di"), "labels of disposition"),
        (lambda: replace(SMALL, decisions={}), "no triage model"),
        (lambda: replace(SMALL, scale=SMALL.scale[:-1]), "belong together"),
        (lambda: replace(SMALL, rarity=SMALL.rarity[:-1]), "belong together"),
        (lambda: replace(SMALL, intercepts=SMALL.intercepts * np.float32(np.nan)), "belong together"),
        (lambda: replace(SMALL, calibration={}), "no triage model"),
        (lambda: replace(SMALL, name=""), "belong together"),
    ],
)
def test_a_model_that_cannot_decide_everything_is_refused(spoilt: Callable[[], Table], told: str) -> None:
    with pytest.raises(BadModel, match=told):
        read_model(spoilt().to_bytes())


def test_a_model_that_never_met_a_rare_field_may_work() -> None:
    read_model(_without("field", "dau_tu").to_bytes())


@given(st.binary(max_size=64), st.sampled_from([b"", b"triage model 1\n"]))
def test_any_other_bytes_are_refused(noise: bytes, magic: bytes) -> None:
    for artefact in (magic + noise, magic + zlib.compress(noise)):
        with pytest.raises(BadModel):
            read_model(artefact)


_WHOLE = SMALL.to_bytes()


@given(st.data())
def test_a_file_with_bytes_changed_on_its_way_is_refused_or_reads_the_same(data: Any) -> None:
    whole = bytearray(_WHOLE)
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    try:
        read = read_model(bytes(whole))
    except BadModel:
        return
    assert read.table.name == SMALL.name
    assert np.array_equal(read.table.weights, SMALL.weights)
