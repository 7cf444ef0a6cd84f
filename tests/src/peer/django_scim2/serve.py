"""A Django site with django-scim2 on a free port of loopback; says its address, and ends when its input does.

Usage: serve.py TOKEN
"""

import os
import sys
import threading
from types import SimpleNamespace
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import django
from django.conf import settings

TOKEN = sys.argv[1]


def watch():
    while sys.stdin.buffer.read(1):
        pass
    os._exit(0)


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


class Bearer:
    """Who has the token is somebody."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        known = request.headers.get("Authorization") == f"Bearer {TOKEN}"
        request.user = SimpleNamespace(is_authenticated=known, is_anonymous=not known)
        return self.get_response(request)


threading.Thread(target=watch, daemon=True).start()
server = WSGIServer(("127.0.0.1", 0), Quiet)
address = f"127.0.0.1:{server.server_port}"
sys.modules["serve"] = sys.modules["__main__"]
settings.configure(
    SECRET_KEY=TOKEN,
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF="serve",
    USE_TZ=True,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django_scim", "site_models"],
    AUTH_USER_MODEL="site_models.User",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    MIDDLEWARE=["serve.Bearer", "django_scim.middleware.SCIMAuthCheckMiddleware"],
    SCIM_SERVICE_PROVIDER={
        "NETLOC": address,
        "SCHEME": "http",
        "GROUP_MODEL": "site_models.models.Group",
        "AUTHENTICATION_SCHEMES": [{"type": "oauthbearertoken", "name": "token", "description": "a token"}],
    },
    LOGGING_CONFIG=None,
)
django.setup()

from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import include, path  # noqa: E402

urlpatterns = [path("scim/v2/", include("django_scim.urls", namespace="scim"))]
call_command("migrate", run_syncdb=True, verbosity=0)
server.set_app(get_wsgi_application())
print(f"http://{address}/scim/v2", flush=True)
server.serve_forever()
