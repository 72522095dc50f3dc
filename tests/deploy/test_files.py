"""What stands in deploy/, held against what Galley loads and reads."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
# Read by what stands around Galley, and not by itself.
OF_OTHERS = {"POSTGRES_PASSWORD", "GALLEY_HOST"}


@pytest.mark.programs
def test_the_image_holds_all_that_galley_loads(tmp_path):
    for names, place in re.findall(r"^COPY (?!--from)(.+) (\S+)$", (DEPLOY / "Dockerfile").read_text(), re.M):
        for path in (path for name in names.split() for path in ROOT.glob(name)):
            if path.is_dir():
                shutil.copytree(path, tmp_path / place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(path, tmp_path / place)
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path / "data"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "manage.py", "check"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "locale/uk/LC_MESSAGES/django.mo").exists()


def test_the_image_has_every_library_that_a_setting_may_ask_for():
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    asked_for = {path.name for path in ROOT.glob("requirements-*.txt")} - {"requirements-dev.txt"}
    assert set(re.findall(r"-r (\S+)", dockerfile)) == asked_for


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def test_compose_fills_in_all_that_nginx_is_to_be_told(compose):
    asked = set(re.findall(r"\$\{(GALLEY_\w+)\}", (DEPLOY / "nginx/galley.conf.template").read_text()))
    assert set(compose["services"]["nginx"]["environment"]) == asked


def test_compose_lets_no_process_of_galley_write_anywhere_but_where_it_must(compose):
    ours = {name: service for name, service in compose["services"].items() if service["image"] == "galley"}
    assert set(ours) == {"setup", "web-1", "web-2", "worker"}
    for service in ours.values():
        assert (service["read_only"], service["cap_drop"], service["init"]) == (True, ["ALL"], True)
        assert service["volumes"] == ["data:/data", "/tmp"]


def test_every_setting_that_deploy_names_is_one(compose):
    units = "".join(path.read_text() for path in (DEPLOY / "systemd").iterdir())
    example = (DEPLOY / "galley.env.example").read_text()
    named = set(compose["services"]["web-1"]["environment"])
    named |= {name for line in re.findall(r"^Environment=(.+)$", units, re.M) for name in re.findall(r"(\w+)=", line)}
    named |= set(re.findall(r"^#? *([A-Z_]+)=", example, re.M)) - OF_OTHERS
    explained = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/operators.md").read_text(), re.M))
    assert {"DATABASE_URL", "PUBLIC_URL", "ACCEL_REDIRECT"} < named
    assert named - explained == set()
