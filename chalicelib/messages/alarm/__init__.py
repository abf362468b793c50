"""The mails that answer a cost signal: what happened and the answer first, then tables, link, origin.

`mail` puts them together. What happened is said by one module for each sender; the answer comes from
the report in `answer` and `tables`.
"""

from chalicelib.messages.alarm.mail import explained as explained
from chalicelib.messages.alarm.mail import forwarded as forwarded
from chalicelib.messages.alarm.mail import passed_on as passed_on
from chalicelib.messages.alarm.mail import unchanged as unchanged
