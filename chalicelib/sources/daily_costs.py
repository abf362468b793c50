"""What an alarm asks of Cost Explorer: the days of a period, grouped and narrowed as it needs them."""

from collections.abc import Mapping

from chalicelib.costs import Costs, Dimension, Granularity, Period, Price
from chalicelib.sources.cost_explorer import CostExplorer, Query


class DailyCosts:
    """Cost Explorer as the port `DailyCosts` of `chalicelib.jobs.explain_alarm`."""

    def __init__(self, explorer: CostExplorer) -> None:
        self._explorer = explorer

    @property
    def account_names(self) -> Mapping[str, str]:
        """Names of the accounts seen so far."""
        return self._explorer.account_names

    def price(self) -> Price:
        """What the requests so far cost."""
        return self._explorer.price()

    def daily(
        self,
        period: Period,
        group_by: tuple[Dimension, ...],
        *,
        accounts: tuple[str, ...] = (),
        services: tuple[str, ...] = (),
        gross_only: bool = False,
    ) -> Costs:
        """Costs by day and group; raises `CostSourceError` rather than give a part."""
        return self._explorer.ask(
            Query(period, Granularity.DAILY, group_by, gross_only, accounts, services)
        )
