"""The second family of generated accounts is what its file says."""

from benchmarks.injected import SHAPES, events
from benchmarks.kinds import KINDS, REPORT_SEED, TRAIN_SEED, accounts


def test_accounts_of_seventeen_kinds_are_the_same_each_time() -> None:
    once, again = list(accounts(1, seed=3)), list(accounts(1, seed=3))
    assert [each.rows for each in once] == [each.rows for each in again]
    assert [each.kind for each in once] == list(KINDS)
    assert len(KINDS) == 17


def test_rules_are_tried_on_other_seeds_than_the_printed_table_has() -> None:
    assert TRAIN_SEED != REPORT_SEED
    (one,) = accounts(1, TRAIN_SEED, kinds=("flat",))
    (other,) = accounts(1, REPORT_SEED, kinds=("flat",))
    assert one.rows != other.rows


def test_an_event_changes_its_row_from_its_first_day_on_and_no_day_before() -> None:
    shapes = set()
    for number, account in enumerate(accounts(4, seed=3, kinds=("noisy",))):
        for each in events(account, number):
            shapes.add(each.shape)
            (row,) = [
                row for row in account.rows.values() if row[: each.first] == each.row[: each.first]
            ]
            assert (each.row[each.first] < row[each.first]) == (each.shape == "fall")
    assert shapes == set(SHAPES)
