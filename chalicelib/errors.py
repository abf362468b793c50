"""Every error this project raises on purpose.

    CostTrackerError
    ├── SettingError                a setting is missing or wrong
    ├── FactError                   charges that cannot be one table of facts
    │   ├── PeriodError             a period that is empty, reversed or not made of UTC days
    │   └── CurrencyError           two currencies in one table
    ├── CostSourceError             costs could not be read
    │   ├── PermanentSourceError    asking again will not help; somebody has to do something
    │   │   ├── CostExplorerNotEnabledError
    │   │   ├── AccessDeniedError
    │   │   ├── BeyondHistoryError
    │   │   ├── RequestLimitError
    │   │   ├── ExportMissingError
    │   │   ├── NotFocusError
    │   │   ├── NoChargesError
    │   │   ├── OverlappingExportError
    │   │   ├── UnreadableFileError
    │   │   ├── QueryFailedError
    │   │   └── ScanLimitError
    │   └── TransientSourceError    the same question may be answered later
    │       ├── DataNotReadyError
    │       ├── ThrottledError
    │       ├── UnreachableError
    │       ├── UnreadableAnswerError
    │       └── OutOfTimeError
    ├── DeliveryError               a page or a message could not be delivered
    └── PageNotBuiltError           the page's CSS and JavaScript were not built

Each error says what happened and carries `next_step`: one sentence a person can act on.
"""


class CostTrackerError(Exception):
    """Base of all errors raised on purpose; `str()` is what happened, `next_step` is what mends it."""

    next_step = ""

    def __init__(self, message: str, *, next_step: str = "") -> None:
        super().__init__(message)
        if next_step:
            self.next_step = next_step

    def explanation(self) -> str:
        """What happened and what to do about it, in one line."""
        what = str(self)
        stop = "." if what and self.next_step and what[-1].isalnum() else ""
        return f"{what}{stop} {self.next_step}".strip()


class SettingError(CostTrackerError):
    """A setting is missing or wrong; the message names it and gives an example."""


class FactError(CostTrackerError):
    """Charges that cannot be one table of facts."""


class PeriodError(FactError):
    """A period that is empty, reversed, or not made of UTC days."""


class CurrencyError(FactError):
    """Charges in two currencies met in one table; they are never added up."""


class CostSourceError(CostTrackerError):
    """Costs could not be read. Nothing partial is ever handed on."""


class PermanentSourceError(CostSourceError):
    """Asking again will not help: somebody has to change something first."""


class CostExplorerNotEnabledError(PermanentSourceError):
    """Cost Explorer was never opened in this account, or the payer keeps it from member accounts."""

    next_step = (
        "Open Cost Explorer once in the AWS console (Billing and Cost Management > Cost Explorer) "
        "as the account that pays; data appears within 24 hours."
    )


class AccessDeniedError(PermanentSourceError):
    """An identity lacks a permission; the message names the action."""


class BeyondHistoryError(PermanentSourceError):
    """The source keeps no data as old as the period asked for."""


class RequestLimitError(PermanentSourceError):
    """Reading everything would take more paid requests than the settings allow."""


class ExportMissingError(PermanentSourceError):
    """There is no FOCUS export where one is expected: no file, or no table."""


class NotFocusError(PermanentSourceError):
    """The data lacks columns that FOCUS requires; the message names them."""


class NoChargesError(PermanentSourceError):
    """A FOCUS export holds no charge of the period, currency or provider asked for."""

    next_step = "Check that the export has been delivered, and which billing periods it covers."


class OverlappingExportError(PermanentSourceError):
    """Two refreshes of one billing period would count its charges twice."""


class UnreadableFileError(PermanentSourceError):
    """A file of an export is damaged, or is not what its name says."""


class QueryFailedError(PermanentSourceError):
    """A query engine could not answer; the message is its own."""


class ScanLimitError(PermanentSourceError):
    """A query would read more bytes than its workgroup allows."""


class TransientSourceError(CostSourceError):
    """The same question may be answered later."""


class DataNotReadyError(TransientSourceError):
    """The source has not taken in any data yet."""

    next_step = "If Cost Explorer was switched on less than a day ago, wait; the next run will find the data."


class ThrottledError(TransientSourceError):
    """The source kept refusing because of too many requests."""

    next_step = "Nothing to do: the next attempt usually succeeds."


class UnreachableError(TransientSourceError):
    """The source could not be reached, or did not answer in time."""

    next_step = "Check the network and the AWS status page, then run it again."


class UnreadableAnswerError(TransientSourceError):
    """The source answered with something that is not what it documents, or with half of it."""

    next_step = "Run it again; if it keeps happening, report it with the message above."


class OutOfTimeError(TransientSourceError):
    """The time there was did not suffice to read everything."""

    next_step = "Run it again; if it keeps happening, raise the function's timeout."


class DeliveryError(CostTrackerError):
    """A page or a message could not be delivered."""


class PageNotBuiltError(CostTrackerError):
    """The page's CSS and JavaScript were not built; no page can be made without them."""
