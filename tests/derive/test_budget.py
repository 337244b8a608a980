"""What a small text can cost is bounded, in the main thread and in others, with one sentence."""

import pickle
import signal
import threading
import time

import pytest

from derive import InputError, derive
from derive.budget import OutOfTimeError, limited, tick
from derive.cli import main

ONCE_HUNG = {
    "a power of a thousand": "(x+1)**1000",
    "a power of powers": "((x+1)**30+(x+2)**30)**30",
    "twenty exponentials": "exp(" * 20 + "x" + ")" * 20,
    "an exponential of a long polynomial": f"exp({'+'.join(f'x**{k}' for k in range(2, 60, 2))})",
    "a break at a root of degree 20": "x if x**20-3*x**13+x-1/7 > 0 else -x",
    "the largest of many lines": f"max({','.join(f'{k}*x+{k * k % 7}' for k in range(12))})",
}


@pytest.mark.parametrize("text", ONCE_HUNG.values(), ids=ONCE_HUNG)
def test_a_formula_that_once_took_minutes_is_derived_in_seconds(text):
    start = time.process_time()
    derive("softmax(W g(V f(x)))", g=text)
    assert time.process_time() - start < 10


def test_a_traversal_ends_when_the_time_is_spent():
    with pytest.raises(InputError, match="processor time"), limited(0):
        tick()
    tick()


def test_an_inner_limit_cannot_extend_an_outer_one():
    with limited(0), pytest.raises(InputError), limited(1000):
        tick()


def test_the_sentence_names_the_limit_and_crosses_processes():
    error = pickle.loads(pickle.dumps(OutOfTimeError(300.0)))
    assert "more than 300 seconds of processor time" in str(error)
    assert "fewer layers" in str(error)


def test_a_proof_has_a_limit_and_the_command_ends_with_2(monkeypatch, capsys):
    monkeypatch.setattr("derive.cli.PROVING", 0.0)
    assert main(["--check", "g=tanh"]) == 2
    assert "takes more than 0 seconds of processor time" in capsys.readouterr().err


def test_showing_has_a_limit_in_programs_as_on_the_command_line(monkeypatch):
    derivation = derive(g="tanh")

    def slow(*_):
        monkeypatch.setattr(time, "thread_time", lambda: 1e9)
        tick()

    monkeypatch.setattr("derive.render.text.text", slow)
    with pytest.raises(OutOfTimeError, match="120 seconds"):
        derivation.text()


def test_twelve_matrices_in_a_chain_of_sums_are_proved_in_seconds():
    text = "u = A (B C D f(x) + E E^T F B C G f(x)) - A B C H I f(x); softmax(W g(u) + M u)"
    start = time.process_time()
    derive(text, g="tanh").verify(trials=1)  # minutes, when L was one expression
    assert time.process_time() - start < 20


def test_a_thread_has_the_limit_too_and_no_timer():
    seen = []

    def work():
        with limited(0):
            seen.append(signal.getitimer(signal.ITIMER_PROF)[0])
            try:
                tick()
            except InputError as error:
                seen.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen[0] == 0
    assert "0 seconds" in str(seen[1])


def work_without_a_tick(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_a_call_that_never_ticks_is_ended_by_the_timer_which_is_put_away_after():
    start = time.process_time()
    with pytest.raises(InputError, match="processor time"), limited(0.1):
        work_without_a_tick(20)
    assert time.process_time() - start < 10
    assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)
    assert signal.getsignal(signal.SIGPROF) is signal.SIG_DFL


def test_a_timer_of_somebody_else_is_left_alone():
    before = signal.signal(signal.SIGPROF, signal.SIG_IGN)
    try:
        with limited(100):
            assert signal.getsignal(signal.SIGPROF) is signal.SIG_IGN
            assert signal.getitimer(signal.ITIMER_PROF)[0] == 0
    finally:
        signal.signal(signal.SIGPROF, before)


@pytest.mark.parametrize("error", [MemoryError, RecursionError])
def test_no_memory_and_too_deep_are_one_sentence(error):
    with pytest.raises(InputError, match="fewer"), limited():
        raise error
