"""A few of the random models, on every run, against central differences."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

spec = importlib.util.spec_from_file_location(
    "random_models", Path(__file__).with_name("random_models.py")
)
random_models = importlib.util.module_from_spec(spec)
sys.modules["random_models"] = random_models
spec.loader.exec_module(random_models)


@pytest.mark.parametrize("seed", range(8))
def test_gradients_of_a_random_model_equal_central_differences(seed):
    model = random_models.random_model(np.random.default_rng(seed))
    error, _ = random_models.compare(model, random_models.differences, examples=2, proof=False)
    assert error < 1e-5, str(model)
