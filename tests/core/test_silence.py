import gc
import logging
import sys
import threading
import warnings

import pytest

from kimeval.core.silence import kind, place, silence, silenced

NAME = "Mia Musterfrau"


class Odd:
    def __del__(self):
        raise ValueError(NAME)


def fail():
    raise ValueError(NAME)


def warn():
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning(UserWarning(NAME), UserWarning, "/somewhere/pandas/frame.py", 12)


def in_a_thread():
    work = threading.Thread(target=fail)
    work.start()
    work.join()


def lose():
    Odd()
    gc.collect()


def log():
    handler = logging.StreamHandler()
    logger = logging.getLogger("pandas.some")
    logger.addHandler(handler)
    try:
        fail()
    except ValueError:
        logger.exception("row %s", NAME, stack_info=True)
    logger.removeHandler(handler)


@pytest.mark.parametrize(
    ("says", "told"),
    [
        (warn, "UserWarning from frame, line 12; its text may hold data and is not shown"),
        (in_a_thread, "ValueError was raised beside the work; its text"),
        (lose, "ValueError was raised beside the work; its text"),
        (log, "message of pandas.some; its text may hold data and is not shown"),
    ],
)
def test_who_spoke_is_told_and_no_text(says, told, capsys):
    with silenced():
        says()
    _, err = capsys.readouterr()
    assert told in err
    assert "Mia" not in err


def test_afterwards_all_is_as_before():
    def state():
        hooks = (threading.excepthook, sys.unraisablehook)
        return (warnings.showwarning, logging.getLogRecordFactory(), *hooks)

    before = state()
    undo = silence()
    assert not set(before) & set(state())
    undo()
    assert state() == before


def test_warnings_are_still_errors_where_asked():
    with silenced(), warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UserWarning, match="Mia"):
            warnings.warn(NAME, stacklevel=1)


def test_a_name_of_a_class_that_is_made_of_data_is_not_told():
    assert kind(type(NAME, (Exception,), {})) == "error"
    assert kind(KeyError) == "KeyError"


def test_the_place_is_the_last_one_within_the_package():
    try:
        kind(None)
    except AttributeError as error:
        assert place(error.__traceback__).startswith("kimeval.core.silence:")
        assert place(error.__traceback__, "nothing") == "an unknown place"
