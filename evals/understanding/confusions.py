"""Tells where an understander goes wrong: counts of confused intents and of slots, no message of the set."""

from collections import Counter
from collections.abc import Sequence

from evals.understanding.judge import SLOTS, Counts, Judged

_MOST = 40


def confusions(judged: Sequence[Judged]) -> str:
    """Return Markdown: intents with their recall and precision, the commonest confusions, slots by F1."""
    wanted, got = Counter(one.wanted for one in judged), Counter(one.got for one in judged)
    right = Counter(one.wanted for one in judged if one.right)
    wrong = Counter((one.wanted, one.got) for one in judged if not one.right)
    lines = ["# Intents", "", "| intent | messages | recall | precision |", "|---|---|---|---|"]
    for intent in sorted(wanted, key=lambda name: right[name] / wanted[name]):
        precision = right[intent] / got[intent] if got[intent] else 0.0
        lines.append(f"| {intent} | {wanted[intent]} | {right[intent] / wanted[intent]:.2f} | {precision:.2f} |")
    lines += ["", "# Confusions (meant, read as, count)", ""]
    lines += [f"- {meant} → {read}: {count}" for (meant, read), count in wrong.most_common(_MOST)]
    lines += ["", "# Slots", "", "| slot | right | too much | missing | F1 |", "|---|---|---|---|---|"]
    lines += [_row(name, _total(judged, name)) for name in SLOTS]
    lines += ["", "# Confidence", "", "| from | messages | right |", "|---|---|---|"]
    return "\n".join(lines + _confidence(judged)) + "\n"


def _confidence(judged: Sequence[Judged]) -> list[str]:
    rows: list[str] = []
    for tenth in range(10):
        here = [one.right for one in judged if min(int(one.sure * 10), 9) == tenth]
        if here:
            rows.append(f"| {tenth / 10:.1f} | {len(here)} | {sum(here) / len(here):.2f} |")
    return rows


def _total(judged: Sequence[Judged], name: str) -> Counts:
    each = [one.slots[name] for one in judged if name in one.slots]
    return Counts(sum(c.right for c in each), sum(c.extra for c in each), sum(c.missed for c in each))


def _row(name: str, counts: Counts) -> str:
    right, extra, missed = counts
    f1 = 2 * right / (2 * right + extra + missed) if right else 0.0
    return f"| {name} | {right} | {extra} | {missed} | {f1:.2f} |"
