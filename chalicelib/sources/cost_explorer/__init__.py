"""Costs from AWS Cost Explorer, at $0.01 a page, without ever handing on part of an answer.

A report asks two questions, three for an organisation:

1. each day, by service and record type: what is spent on what, and the daily course of it;
2. each month, by account and record type: thirteen months of bills, and which accounts there are;
3. each day, by account and service: what drives each account. Asked only when question 2 shows
   more than one account.

Fewer would not do: a request has one granularity and at most two groupings, so days and months,
and services and accounts and record types, cannot come from one. 1 and 2 overlap on purpose: the
months they share must cost the same to the cent. A label (tag or cost category) is one more.
Organisations too large for the limit on requests are told with fewer names (`plan`).

Facts about the API: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html
"""

from chalicelib.sources.cost_explorer.question import Query as Query
from chalicelib.sources.cost_explorer.source import CostExplorer as CostExplorer
