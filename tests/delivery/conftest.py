import ipaddress

import pytest

from cms.delivery import sending
from tests.delivery import Server


@pytest.fixture(autouse=True)
def at_home(settings, monkeypatch):
    """This computer may be asked, and no other process has to hear of a change."""
    settings.OUTBOUND_NETWORKS = [ipaddress.ip_network("127.0.0.1/32")]
    monkeypatch.setattr(sending, "SETTLED", 0)


@pytest.fixture
def server():
    server = Server()
    yield server
    server.close()
