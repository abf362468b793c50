"""Costs from FOCUS charges: one question in SQL, asked of Athena in AWS and of DuckDB at a desk.

`sql` is the question, `rows` and `facts` make the answer into facts, `athena` asks it in AWS. Words
and columns: https://focus.finops.org/focus-specification/
"""
