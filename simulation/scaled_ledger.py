"""A large ledger in little room, for measuring."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from chalicelib.costs import Period
from simulation.ledger import NO_SUMS, Entry, Ledger, Quantity, Sums, add_quantities, plus


class ScaledLedger(Ledger):
    """A large ledger in little room: a pattern of entries that every day repeats, times a weight.

    The day in a pattern's entry means nothing.
    """

    def __init__(
        self,
        pattern: Iterable[Entry],
        weights: Mapping[date, int],
        account_names: Mapping[str, str],
        currency: str = "USD",
    ) -> None:
        super().__init__(pattern, account_names, currency)
        self.weights = weights

    def grouped[G](
        self, group: Callable[[Entry], G], wanted: Callable[[Entry], bool] = lambda entry: True
    ) -> Callable[[Period], dict[G, Sums]]:
        """A function that adds up one period's wanted entries by group."""
        base: dict[G, Sums] = {}
        for entry in self.entries:
            if wanted(entry):
                name = group(entry)
                base[name] = plus(base.get(name, NO_SUMS), entry.sums)

        def sums(period: Period) -> dict[G, Sums]:
            weight = sum(self.weights.get(day, 0) for day in period)
            if not weight:
                return {}
            return {name: _times(four, weight) for name, four in base.items()}

        return sums

    def quantities[G](
        self, group: Callable[[Entry], G], wanted: Callable[[Entry], bool] = lambda entry: True
    ) -> Callable[[Period], dict[G, Quantity]]:
        """A function that adds up what was used in a period by group, whatever the units are."""
        base: dict[G, Quantity] = {}
        add_quantities(base, filter(wanted, self.entries), group)

        def used(period: Period) -> dict[G, Quantity]:
            weight = sum(self.weights.get(day, 0) for day in period)
            return {name: (amount * weight, unit) for name, (amount, unit) in base.items()}

        return used


def _times(four: Sums, factor: int) -> Sums:
    return four[0] * factor, four[1] * factor, four[2] * factor, four[3] * factor
