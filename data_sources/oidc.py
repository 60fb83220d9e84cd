"""Signing in by OpenID Connect: the akimat's own system says who somebody is; whether she has an account is ours.

By Authlib: discovery, the code flow with PKCE, state and nonce, and the checks of the ID token's signature and claims.
"""

from typing import Any

import flask
from authlib.integrations.flask_client import OAuth

from dashboard.settings import Oidc

TIMEOUT_S = 10


class OidcSignIn:
    """One provider. Its own documents are read at the first sign-in, so that it may be away when we start."""

    def __init__(self, settings: Oidc) -> None:
        self._oauth = OAuth()
        self._client: Any = self._oauth.register(
            "provider",
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            server_metadata_url=f"{settings.issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid email profile",
                "code_challenge_method": "S256",
                "default_timeout": TIMEOUT_S,
            },
        )

    def init_app(self, server: flask.Flask) -> None:
        self._oauth.init_app(server)

    def begin(self, back: str) -> Any:
        """The way to the provider, which sends the viewer to ``back``."""
        return self._client.authorize_redirect(back)

    def finish(self) -> list[str]:
        """The names by which an account may know who has come: a verified e-mail, and the user name there. Raises for
        an answer that is forged, stale, or about somebody else."""
        claims = self._client.authorize_access_token()["userinfo"]
        email = claims.get("email") if claims.get("email_verified") is True else None
        found = [each for each in (email, claims.get("preferred_username")) if isinstance(each, str) and each]
        return [each.strip().lower() for each in found]
