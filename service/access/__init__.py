"""Who may use the service: tokens, scopes, where a client comes from, and how often."""

from service.access.gate import BEARER, Arrival, Client, Gate, check_scope
from service.access.scopes import OPEN, Scope
from service.access.tokens import Token, Tokens

__all__ = ["BEARER", "OPEN", "Arrival", "Client", "Gate", "Scope", "Token", "Tokens", "check_scope"]
