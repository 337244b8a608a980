"""Every parser answers a mutated text by a value or one sentence; what does not is found, small."""

import random
import string

import pytest

from codegen.cli import main
from codegen.fuzzing.corpus import SEEDS
from codegen.fuzzing.texts import PARSERS, TextFuzzer, parsers


@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_answers_every_text(name, tmp_path):
    fuzzer = TextFuzzer(name, parsers(tmp_path)[name], random.Random(name))
    fuzzer.run(250)
    assert fuzzer.executions == 250 + len(SEEDS[name])
    assert fuzzer.failures == []


def test_a_crash_is_found_and_made_small():
    def crashing(text):
        if any(mark in text for mark in string.digits):
            raise ZeroDivisionError
        return text

    fuzzer = TextFuzzer("formula", crashing, random.Random(0))
    fuzzer.run(10)
    (found,) = fuzzer.failures
    assert "ZeroDivisionError" in found.message
    assert len(found.text) == 1


def test_the_command_counts_texts(capsys):
    assert main(["fuzz", "--texts", "--minutes", "0"]) == 0
    assert capsys.readouterr().out.rstrip().endswith("texts, 0 failed")
