"""How an entry that does not come down is told."""

from tests.unit.analysis.sections import entry
from yaan.analysis.entry import entry_sentence
from yaan.analysis.outcome import entry_outcome
from yaan.results.outcome import OutcomeCode


def test_an_entry_that_stays_up_is_not_told_to_change_its_until() -> None:
    """A file of kind `entry` has no such key."""
    text = entry_sentence(OutcomeCode.TIMED_OUT)
    assert "did not come down within 5700 s" in text
    assert "until" not in text


def test_other_ends_are_told_as_of_any_phase() -> None:
    assert entry_sentence(OutcomeCode.SKIPPED_OUT) == OutcomeCode.SKIPPED_OUT.sentence("entry")


def test_an_entry_that_ends_where_it_begins_was_not_flown() -> None:
    assert entry_outcome(entry(solved=False), None, None, 0.0).code == "nothing-flown"
