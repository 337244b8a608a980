"""Results below the normal range: exponentials and sums of them keep their digits."""

import mpmath
import numpy as np

from codegen.scalar.candidates.rescale import rescaled
from codegen.scalar.lower import lower
from codegen.scalar.run import run
from codegen.scalar.write import written
from derive.formula import X, formula


def test_a_sum_of_two_decays_is_rescaled_where_both_are_deep():
    text, at = "x*(exp(x) + exp(-x**2))", -744.5
    terms = lower([formula(text)], X)
    errors = []
    for form in (terms, rescaled(terms, sums=True)):
        (found,) = run(written(form, [0] * len(form.nodes), "float64", ()), np.array([at]))
        with mpmath.workdps(50):
            x = mpmath.mpf(at)
            true = x * mpmath.exp(x)
            errors.append(float(abs(mpmath.mpf(float(found[0])) - true)) / 5e-324)
    assert errors[0] > 10
    assert errors[1] <= 1


def test_what_is_not_deep_is_the_sum():
    terms = lower([formula("x*exp(x) + x*exp(-x**2)")], X)
    form = rescaled(terms, sums=True)
    x = np.array([-3.0, 0.5, 20.0, 700.0])
    plain, changed = (
        run(written(t, [0] * len(t.nodes), "float64", ()), x)[0] for t in (terms, form)
    )
    assert np.allclose(plain, changed, rtol=1e-15, atol=0)
