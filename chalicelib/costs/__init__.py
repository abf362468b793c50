"""Facts about cost: periods, charges, and tables of charges that sum by any dimension.

The words follow the FOCUS specification (https://focus.finops.org): a charge has a service, a
sub-account, a charge category, a billed and an effective cost. Days are UTC days and periods are
half-open, `[start, end)`, as they are in AWS Cost Explorer. Amounts are `Decimal` throughout and
are never rounded here.
"""

from chalicelib.costs.charge import ALL_SERVICES as ALL_SERVICES
from chalicelib.costs.charge import DIMENSIONS as DIMENSIONS
from chalicelib.costs.charge import NOTHING as NOTHING
from chalicelib.costs.charge import OTHERS as OTHERS
from chalicelib.costs.charge import REDUCTIONS as REDUCTIONS
from chalicelib.costs.charge import UNTAGGED as UNTAGGED
from chalicelib.costs.charge import ZERO as ZERO
from chalicelib.costs.charge import Amounts as Amounts
from chalicelib.costs.charge import Charge as Charge
from chalicelib.costs.charge import ChargeCategory as ChargeCategory
from chalicelib.costs.charge import Dimension as Dimension
from chalicelib.costs.charge import Key as Key
from chalicelib.costs.charge import Metric as Metric
from chalicelib.costs.coverage import Coverage as Coverage
from chalicelib.costs.facts import CostFacts as CostFacts
from chalicelib.costs.facts import Price as Price
from chalicelib.costs.period import Period as Period
from chalicelib.costs.period import month_start as month_start
from chalicelib.costs.scope import EVERYTHING as EVERYTHING
from chalicelib.costs.scope import Scope as Scope
from chalicelib.costs.table import Costs as Costs
from chalicelib.costs.table import Granularity as Granularity
from chalicelib.costs.usage import NO_UNIT as NO_UNIT
from chalicelib.costs.usage import Place as Place
from chalicelib.costs.usage import Usage as Usage
from chalicelib.costs.usage import UsageQuestion as UsageQuestion
from chalicelib.costs.usage import UsageRow as UsageRow
