import json

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from cms.api import keys
from cms.api.models import Scope


class Program:
    """A program with a key: `desk.post("articles/", {...})` answers the response."""

    def __init__(self, account, scopes, name="Wire desk"):
        self.account, self.client = account, Client()
        self.key, self.secret = keys.make(name, account, list(scopes))

    def ask(self, method, path, body=None, content_type="application/json", **headers):
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        headers = {
            "Authorization": f"Bearer {self.secret}",
            **{name.replace("_", "-"): v for name, v in headers.items()},
        }
        return self.client.generic(method, f"/api/v1/manage/{path}", data, content_type, headers=headers)

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)

    def post(self, path, body=None, **headers):
        return self.ask("POST", path, body, **headers)

    def patch(self, path, body, base, **headers):
        return self.ask("PATCH", path, body, If_Match=tag_of(base), **headers)

    def put(self, path, body, base, **headers):
        return self.ask("PUT", path, body, If_Match=tag_of(base), **headers)

    def delete(self, path, base, **headers):
        return self.ask("DELETE", path, If_Match=tag_of(base), **headers)

    def send(self, path, fields, method="POST", **headers):
        """A form, its files among the fields."""
        from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

        return self.ask(method, path, encode_multipart(BOUNDARY, fields), MULTIPART_CONTENT, **headers)


def tag_of(base):
    return base if isinstance(base, str) else base["ETag"]


def errors_of(response):
    """(status, [(pointer, message)])."""
    return response.status_code, [(error["pointer"], error["message"]) for error in response.json()["errors"]]


@pytest.fixture
def program(db):
    """`program("write", role="Reporter")`; without a role the account may do everything."""

    def make(*scopes, role=None, username=None, name="Wire desk"):
        username = username or (role or "root").lower().replace(" ", "-")
        account = User.objects.filter(username=username).first()
        if account is None:
            account = User.objects.create_user(username, first_name="Ann", is_superuser=role is None)
            if role:
                account.groups.add(Group.objects.get(name=role))
        return Program(account, scopes or Scope.values, name)

    return make


@pytest.fixture
def desk(program):
    """A program that may do everything."""
    return program()
