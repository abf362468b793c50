"""What arrives on the alarms topic: a message becomes an alarm, a budget notice or an anomaly.

Whatever is none of these, or is broken, is `Unknown`; reading never fails. A module to a sender, with
its forms; what they share is `reading`, `amounts`, `data_points`, `watched` and `metric_math`.
"""

from chalicelib.signals.anomaly_detection import AnomalyNotice as AnomalyNotice
from chalicelib.signals.anomaly_detection import RootCause as RootCause
from chalicelib.signals.budgets import BudgetKind as BudgetKind
from chalicelib.signals.budgets import BudgetNotice as BudgetNotice
from chalicelib.signals.budgets import TimeUnit as TimeUnit
from chalicelib.signals.cloudwatch import Alarm as Alarm
from chalicelib.signals.cloudwatch import AlarmState as AlarmState
from chalicelib.signals.reader import Signal as Signal
from chalicelib.signals.reader import Unknown as Unknown
from chalicelib.signals.reader import read_message as read_message
from chalicelib.signals.terms import Term as Term
from chalicelib.signals.terms import TermKind as TermKind
