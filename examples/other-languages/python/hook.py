import base64
import hmac
import json
import re

import jwt

# Not "use", "sig" and "usr": this program checks neither uses nor requests nor users.
CLAIMS = {"cmd", "sub", "cnt", "rdr", "exp", "nbf", "iat", "jti", "get", "sta"}
SHAPE = re.compile(r"([A-Za-z0-9_-]+\.){2}[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")


def mint(claims, jwk):
    return jwt.encode(claims, jwt.PyJWK(jwk).key, "HS256", {"kid": jwk["kid"]} if "kid" in jwk else None)


# The claim "sta" of a state: a string, an integer, a boolean, None, or a list of these.
def state_hash(claims, state, state_jwk):
    text = json.dumps([claims["cmd"], claims.get("sub"), state], ensure_ascii=False, separators=(",", ":"))
    digest = hmac.digest(jwt.utils.base64url_decode(state_jwk["k"]), text.encode(), "sha256")
    return base64.urlsafe_b64encode(digest)[:12].decode()


# has_state(claims, at) compares "sta" with the current state; at is the position of the key. Without it, "sta" is rejected.
def verify(token, command, jwks, has_state=lambda claims, at: False):
    if len(token) > 8192 or not SHAPE.fullmatch(token):
        raise jwt.DecodeError("not a hook token")
    header = jwt.get_unverified_header(token)
    if not header.keys() <= {"alg", "typ", "kid"}:
        raise jwt.DecodeError("not the header of a hook token")
    for at, jwk in enumerate(jwks):
        if header.get("kid", jwk.get("kid")) != jwk.get("kid"):
            continue
        try:
            claims = jwt.decode(token, jwt.PyJWK(jwk).key, ["HS256"], {"verify_iat": False})
        except jwt.InvalidSignatureError:
            continue
        except (OverflowError, TypeError):
            raise jwt.InvalidTokenError("time is not a number") from None
        if not claims.keys() <= CLAIMS or claims.get("cmd") != command:
            raise jwt.InvalidTokenError("another command, or an unknown claim")
        if "sta" in claims and not has_state(claims, at):
            raise jwt.InvalidTokenError("another state")
        return claims
    raise jwt.InvalidSignatureError("signed with an unknown key")
