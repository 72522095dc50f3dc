import json
import shutil
import subprocess

import pytest


class Exiftool:
    """What others find in a file. One process answers for all files, since it starts for longer than it looks."""

    def __init__(self, program):
        command = [program, "-stay_open", "True", "-@", "-"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")

    def found(self, path, *options):
        self.process.stdin.write("\n".join(["-json", "-G1", "-n", *options, str(path), "-execute", ""]))
        self.process.stdin.flush()
        answer = "".join(iter(self.process.stdout.readline, "{ready}\n"))
        return json.loads(answer)[0]

    def end(self):
        self.process.communicate("-stay_open\nFalse\n", timeout=60)


@pytest.fixture(scope="session")
def exiftool():
    program = shutil.which("exiftool")
    if not program:
        pytest.skip("there is no exiftool")
    process = Exiftool(program)
    yield process
    process.end()
