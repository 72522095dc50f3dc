import ipaddress

import pytest

from cms.delivery import sending
from tests.delivery import Server


@pytest.fixture(autouse=True)
def at_home(settings, monkeypatch):
    """This computer may be asked, no other process has to hear of a change, and waits are as the standard has them."""
    settings.OUTBOUND_NETWORKS = [ipaddress.ip_network("127.0.0.1/32")]
    monkeypatch.setattr(sending, "SETTLED", 0)
    monkeypatch.setattr(sending, "JITTER", 0)


@pytest.fixture
def server():
    server = Server()
    yield server
    server.close()
