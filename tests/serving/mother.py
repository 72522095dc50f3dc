"""Processes that begin where Galley stands in memory already.

Reading all of its code takes longer than most of what a server is asked in a test. This process has read it, and forks:
each process reads its own settings, and a server goes on as `manage.py serve` ends. What reads a setting while it is
imported would have this process's: only a server whose own settings are all read later is forked, see
`tests.serving.Server`.

A line on its input is a request, and a line on its output the answer: what to start, and which has ended.
"""

import json
import os
import signal
import sys
import traceback

from django.conf import settings
from django.db import connections
from django.utils.functional import empty
from django.utils.module_loading import import_string

import cms.delivery.waiting
import cms.serving.watching
import cms.urls  # noqa: F401 - these three are most of what a server reads


def main():
    """Answer until nobody asks any more, and leave no server behind."""
    started = set()
    for line in sys.stdin:
        asked = json.loads(line)
        if "log" in asked:
            answer = start(**asked)
            started.add(answer)
        elif (answer := ended(**asked)) is not None:
            started.discard(asked["pid"])
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()
    for pid in started:
        os.kill(pid, signal.SIGTERM)


def start(environment, log, does, arguments):
    """Fork a process with these variables, which does what has this dotted name. Returns its id."""
    if pid := os.fork():
        return pid
    code = 1
    try:
        with open(os.devnull) as nothing, open(log, "a") as file:
            for own, given in enumerate((nothing, file, file)):
                os.dup2(given.fileno(), own)
        os.environ.clear()
        os.environ.update(environment)
        del sys.modules["cms.settings"]
        settings._wrapped = empty  # read anew by whoever asks next
        vars(connections).pop("settings", None)  # and with them which databases there are
        connections.__init__()
        import_string(does)(*arguments)
        code = 0
    except SystemExit as told:
        code = exit_code(told)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def exit_code(told):
    """The code of a process that is told to end; a text instead of one is said, as Python does itself."""
    if told.code is None or isinstance(told.code, int):
        return told.code or 0
    sys.stderr.write(f"{told.code}\n")
    return 1


def ended(pid):
    """How a server has ended; none while it goes on."""
    done, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if done else None
