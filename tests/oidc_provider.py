"""A small real OpenID Connect provider on loopback: discovery, keys, codes with PKCE, signed ID tokens."""

import base64
import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import flask
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "ten-days", "of the provider and of us"


class Provider:
    """``claims`` are said of whoever signs in; ``forged`` makes it sign with a key that is not its own."""

    def __init__(self) -> None:
        self.url = ""
        self.claims: dict[str, Any] = {}
        self.forged = False
        self._key, self._other = (RSAKey.generate_key(2048, {"kid": kid}) for kid in ("one", "one"))
        self._codes: dict[str, dict[str, str]] = {}
        self.app = flask.Flask("provider")
        self.app.add_url_rule("/.well-known/openid-configuration", "about", self._about)
        self.app.add_url_rule("/keys", "keys", lambda: {"keys": [self._key.as_dict(private=False)]})
        self.app.add_url_rule("/token", "token", self._token, methods=["POST"])

    def sign_in(self, address: str) -> str:
        """What the browser does at the provider: from the address that we sent it to, the one it is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{self.url}/authorize?")
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked
        back = urlsplit(asked["redirect_uri"])
        return f"{back.path}?code={code}&state={asked['state']}"

    def _about(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def _token(self) -> Any:
        said, sent = flask.request.form, flask.request.authorization
        assert sent is not None
        assert (sent.username, sent.password) == (CLIENT, SECRET)
        asked = self._codes.pop(said["code"])
        digest = hashlib.sha256(said["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "sub": "7", "iat": now, "exp": now + 60, "nonce": asked["nonce"]}
        key = self._other if self.forged else self._key
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims | self.claims, key)
        return {"access_token": "unused", "token_type": "Bearer", "expires_in": 60, "id_token": token}


@contextmanager
def running_provider() -> Iterator[Provider]:
    provider = Provider()
    server = make_server("127.0.0.1", 0, provider.app, threaded=True)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.05), daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    thread.join(10)
    server.server_close()
