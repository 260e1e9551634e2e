"""How a phase or a flight ended, as data.

Traced code carries the integer; the host turns it into a word for files and a sentence for
people. The numbers are kept in result files, so a member is added at the end and never moved.
"""

from enum import IntEnum


class OutcomeCode(IntEnum):
    """How a phase, or a whole flight, ended.

    `REACHED` is the only success. All others say what happened instead of the wanted end event.
    """

    REACHED = 0
    TIMED_OUT = 1
    STRUCK_GROUND = 2
    NO_LIFT_OFF = 3
    RAN_DRY = 4
    NOT_FINITE = 5
    NO_SOLUTION = 6
    OUT_OF_STEPS = 7
    INTERRUPTED = 8
    SKIPPED_OUT = 9
    LEFT_TRIM = 10
    STEP_TOO_LONG = 11
    NOT_FOUND = 12
    IMPOSSIBLE = 13
    NOTHING_FLOWN = 14
    LOST_ATTITUDE = 15
    UNHEARD = 16

    @property
    def word(self) -> str:
        """The word that `summary.json` carries, e.g. ``flown`` or ``no-solution``."""
        return _WORDS[self]

    def sentence(self, phase: str = "") -> str:
        """Say what happened and what to try.

        Args:
            phase: name of the phase that ended so; empty for the whole flight.
        """
        happened, advice = _SENTENCES[self]
        where = f"Phase {phase!r}" if phase else "The flight"
        return f"{where} {happened}." + (f" {advice}." if advice else "")

    @classmethod
    def from_word(cls, word: str) -> "OutcomeCode":
        """The member whose `word` is given.

        Raises:
            ValueError: if no member has that word.
        """
        for code, known in _WORDS.items():
            if known == word:
                return code
        raise ValueError(f"{word!r} is no outcome; known are {', '.join(_WORDS.values())}")


_WORDS = {
    OutcomeCode.REACHED: "flown",
    OutcomeCode.TIMED_OUT: "timed-out",
    OutcomeCode.STRUCK_GROUND: "struck-ground",
    OutcomeCode.NO_LIFT_OFF: "no-lift-off",
    OutcomeCode.RAN_DRY: "ran-dry",
    OutcomeCode.NOT_FINITE: "not-finite",
    OutcomeCode.NO_SOLUTION: "no-solution",
    OutcomeCode.OUT_OF_STEPS: "out-of-steps",
    OutcomeCode.INTERRUPTED: "interrupted",
    OutcomeCode.SKIPPED_OUT: "skipped-out",
    OutcomeCode.LEFT_TRIM: "left-trim",
    OutcomeCode.STEP_TOO_LONG: "step-too-long",
    OutcomeCode.NOT_FOUND: "not-found",
    OutcomeCode.IMPOSSIBLE: "impossible-state",
    OutcomeCode.NOTHING_FLOWN: "nothing-flown",
    OutcomeCode.LOST_ATTITUDE: "lost-attitude",
    OutcomeCode.UNHEARD: "unheard-commands",
}

_SENTENCES = {
    OutcomeCode.REACHED: ("reached its end", ""),
    OutcomeCode.TIMED_OUT: (
        "met none of its end conditions before its time limit",
        "Check that its `until` can be met, or give it a `time` or a `duration`",
    ),
    OutcomeCode.STRUCK_GROUND: (
        "came down to the ground",
        "Fix a smaller `kick`, shorten the pitch-over, or check thrust against mass",
    ),
    OutcomeCode.NO_LIFT_OFF: (
        "did not lift off: the thrust stayed below the weight",
        "Check the thrust, the engine counts, the masses and what is ignited first",
    ),
    OutcomeCode.RAN_DRY: (
        "ran out of propellant before its end condition",
        "Load more propellant, carry less, or ask for a lower orbit",
    ),
    OutcomeCode.NOT_FINITE: (
        "left the numbers: a value became infinite or undefined",
        "Halve the phase's `step` and check the tables at the last recorded state",
    ),
    OutcomeCode.NO_SOLUTION: (
        "found no steering that meets the target: the vehicle cannot reach this orbit",
        "Carry less, ask for a lower orbit, or allow another azimuth",
    ),
    OutcomeCode.OUT_OF_STEPS: (
        "used up its integration steps before its end",
        "Enlarge the phase's `step` or end the phase earlier",
    ),
    OutcomeCode.INTERRUPTED: (
        "was stopped by the user",
        "What was finished is kept in the run folder",
    ),
    OutcomeCode.SKIPPED_OUT: (
        "left the atmosphere again after its entry",
        "Enter more steeply, or turn less of the lift up",
    ),
    OutcomeCode.LEFT_TRIM: (
        "turned more than 30 deg off its trim, where its coefficients no longer hold",
        "Give the control more moment, the capsule more damping, or roll more slowly",
    ),
    OutcomeCode.STEP_TOO_LONG: (
        "swings too fast for its steps: frequency times step passed half a radian",
        "Shorten `entry.attitude_step`",
    ),
    OutcomeCode.NOT_FOUND: (
        "was not steered to its target: the search found no way there, and does not know of none",
        "Start from a mission beside it that flies, and change that step by step",
    ),
    OutcomeCode.IMPOSSIBLE: (
        "came to a state that cannot be: faster than gravity, its engines and the air can make it",
        "Its integration has gone wrong: shorten the step, and please report it",
    ),
    OutcomeCode.NOTHING_FLOWN: (
        "ended where it began, so that nothing was flown",
        "Start it higher, or let it end lower or later",
    ),
    OutcomeCode.LOST_ATTITUDE: (
        "turned more than 30 deg off the axis that its control follows",
        "Give its engines more angle or rate, the control another frequency, or turn more slowly",
    ),
    OutcomeCode.UNHEARD: (
        "was asked by its guidance for what is no number, and flew on by the command before",
        "Look for a division by zero, a root or a logarithm of less than zero in the law",
    ),
}
