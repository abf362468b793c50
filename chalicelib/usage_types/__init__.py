"""Usage types: what AWS charges for, in plain words.

The tables grow by a line in `compute`, `data` or `applications`: a pattern, a phrase and, where the
pattern itself explains the charge, a cause.
"""

from chalicelib.usage_types.reading import NO_USAGE_TYPE as NO_USAGE_TYPE
from chalicelib.usage_types.reading import SERVICES as SERVICES
from chalicelib.usage_types.reading import UsageType as UsageType
from chalicelib.usage_types.reading import read as read
from chalicelib.usage_types.regions import Region as Region
