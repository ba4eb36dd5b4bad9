"""A palette in plain words: one bounded paragraph for a model or a person that reads no figures."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from soundpalette.core.palette import spectrum, tempo
from soundpalette.core.palette.brief import Brief
from soundpalette.core.palette.describe import Description
from soundpalette.core.palette.harmony import told, transposed

NAMED: Final = 2
"""So many are named of what may be many; the others are counted."""
SPREAD_TOLD: Final = 10.0
"""LU from which a difference in loudness is worth a word."""


def summary(described: Description, target: Brief | None = None) -> str:
    """One paragraph. Names stand in quotation marks, as data; they are shown as `Member.name` has them."""
    parts = [_roles(described)]
    if len(described.members) > 1:
        parts += [_tempo(described), _key(described), _spectrum(described), _loudness(described), _likeness(described)]
    parts += [_lacking(described), _target(described, target)]
    return " ".join(part for part in parts if part)


def _roles(described: Description) -> str:
    count, unknown = len(described.members), len(described.members) - len(described.roles)
    told = [f"{n} {role}" if n > 1 else role for role, n in Counter(described.roles).items()]
    told += [f"{unknown} of unknown role"] if unknown else []
    if count == 1:
        return f"A palette of one ({told[0]}): nothing to compare it with."
    return f"{count} sounds: {', '.join(told)}."


def _tempo(described: Description) -> str:
    own = described.tempo
    if own.bpm is None:
        return "No sound has a tempo."
    off = [f"{_name(described, i)} plays at {own.stretches[i]:.2f} times its speed to meet it" for i in own.deviating]
    known = sum(stretch is not None for stretch in own.stretches)
    agree = f"{known - len(off)} of {known} with a tempo agree" if known > 1 else "one has a tempo"
    return f"Tempo {own.bpm:g} BPM ({agree}){_listed('; ', off)}."


def _key(described: Description) -> str:
    own = described.harmony
    if not own.key:
        return "No sound has a key."
    off = [
        f"{_name(described, i)} ({told(described.members[i].traits)}) clashes{_moved(described, i)}"
        for i in own.clashing
    ]
    return f"Key {own.key}{_listed('; ', off) or '; nothing clashes'}."


def _moved(described: Description, position: int) -> str:
    shift, traits = described.harmony.shifts[position], described.members[position].traits
    if not shift:
        return ""
    note = told(traits).removeprefix("root ").split()[0]
    return f" unless transposed by {shift:+d} semitone{'s' if abs(shift) > 1 else ''} to {transposed(note, shift)}"


def _spectrum(described: Description) -> str:
    shares = ", ".join(f"{band} {share:.0%}" for band, share in zip(spectrum.BANDS, described.balance, strict=True))
    thin = spectrum.thin_bands(described.balance)
    gap = f"; hardly any {' or '.join(thin)}" if thin else ""
    pairs = [
        f"{_name(described, f.first)} and {_name(described, f.second)} fight for the {f.band} band"
        for f in described.fights
    ]
    return f"Power: {shares}{gap}{_listed('; ', pairs)}."


def _loudness(described: Description) -> str:
    if described.loudness_spread < SPREAD_TOLD:
        return ""
    levels = [member.traits.loudness_lufs for member in described.members]
    loud, quiet = levels.index(max(levels)), levels.index(min(levels))
    return (
        f"Loudness spreads over {described.loudness_spread:.0f} LU, from {_name(described, quiet)} to "
        f"{_name(described, loud)}."
    )


def _likeness(described: Description) -> str:
    together = described.together
    odd = f"; {_name(described, together.outlier)} is least like the rest" if together.outlier is not None else ""
    twins = [f"{_name(described, a)} and {_name(described, b)} are nearly the same" for a, b in described.duplicates]
    return f"Cohesion {together.mean:.2f}{odd}{_listed('; ', twins)}."


def _lacking(described: Description) -> str:
    if not described.lacking:
        return f"No role of {_kind(described)} is missing."
    roles = ", ".join(lack.role for lack in described.lacking)
    return f"Missing for {_kind(described)}: {roles} (next: search {described.lacking[0].query!r})."


def _kind(described: Description) -> str:
    return "a palette" if described.kind == "any" else f"a {described.kind} palette"


def _target(described: Description, target: Brief | None) -> str:
    met = described.target
    if target is None or met is None:
        return ""
    told = []
    if target.bpm is not None:
        told.append(f"{target.bpm:g} BPM: " + ("no sound has a tempo" if met.tempo is None else _tempo_met(met.tempo)))
    if target.key:
        told.append(f"{target.key}: " + ("no sound has a key" if met.key is None else f"{met.key:.0%} of keys fit"))
    if met.farthest is not None:
        told.append(f"farthest from its words is {_name(described, met.farthest)}")
    return f"Against the target, {'; '.join(told)}." if told else ""


def _tempo_met(fit: float) -> str:
    return "met" if fit >= tempo.fit(1 + tempo.AGREES) else f"fit {fit:.2f} of 1"


def _name(described: Description, position: int) -> str:
    return f'"{described.members[position].name}"'


def _listed(before: str, items: Sequence[str]) -> str:
    """At most two of `items`, the others counted; nothing where there is none."""
    more = [f"and {len(items) - NAMED} more"] if len(items) > NAMED else []
    return before + ", ".join([*items[:NAMED], *more]) if items else ""
