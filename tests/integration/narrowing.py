"""What the published payments of councils give away about a flag, in figures: what the page
docs/who-learns-what.md quotes. Counted without the product (independent.py)."""

import collections
import itertools

import independent

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")


def spread(values):
    low, high = min(values), max(values)
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def percent(part, whole):
    return f"{part:,} ({100 * part / whole:.0f} %)"


def left_to_the_hub(has):
    """How many suppliers all reporters have, over every choice of so many reporters."""
    for size in range(1, len(has) + 1):
        common = [len(set.intersection(*chosen)) for chosen in
                  itertools.combinations(has.values(), size)]
        yield f"names left to the hub, {NUMBERS[size]} reporter{'s' * (size > 1)}", spread(common)


def singled_out(shared):
    """How many of the shared suppliers nobody else is like, in who pays them what."""
    ways = {
        "by who pays them": lambda paid: frozenset(paid),
        "by who pays them how much, in powers of ten":
            lambda paid: frozenset((who, len(str(abs(pence) // 100))) for who, pence in paid.items()),
        "by who pays them how much, to 1,000 pounds":
            lambda paid: frozenset((who, independent.thousands(pence)) for who, pence in paid.items()),
    }
    for words, look in ways.items():
        looks = collections.Counter(map(look, shared))
        alone = sum(looks[look(paid)] == 1 for paid in shared)
        yield f"shared suppliers singled out {words}", percent(alone, len(shared))


def figures(region, year):
    """[(what, figure)]"""
    picture = region.picture(year)
    shared = [paid for paid in picture.values() if len(paid) > 1]
    has = {name: {supplier for supplier, paid in picture.items() if name in paid}
           for name in region.councils}
    rows = [("suppliers of the four councils", f"{len(picture):,}"),
            ("paid by two councils or more", f"{len(shared):,}")]
    for count in range(2, len(has) + 1):
        paid_by = sum(len(paid) == count for paid in shared)
        others = f"the reporter is one of {NUMBERS[count - 1]}" if count > 2 else \
            "the other knows who reported"
        rows.append((f"of these, by exactly {NUMBERS[count]}: {others}",
                     percent(paid_by, len(shared))))
    rows += left_to_the_hub(has)
    rows += [("names left to a council without the supplier, one reporter", spread(
        [len(set(picture) - own) for own in has.values()]))]
    return rows + list(singled_out(shared))


def table(region, year):
    """As the page has it."""
    lines = ["| figure | suppliers |", "|---|---|"]
    return lines + [f"| {what} | {figure} |" for what, figure in figures(region, year)]
