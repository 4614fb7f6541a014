import re

import jwt

# Not "use": this program does not count uses.
CLAIMS = {"cmd", "sub", "cnt", "rdr", "exp", "nbf", "iat", "jti", "get"}
SHAPE = re.compile(r"([A-Za-z0-9_-]+\.){2}[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")


def mint(claims, jwk):
    return jwt.encode(claims, jwt.PyJWK(jwk).key, "HS256", {"kid": jwk["kid"]} if "kid" in jwk else None)


def verify(token, command, jwks):
    if len(token) > 8192 or not SHAPE.fullmatch(token):
        raise jwt.DecodeError("not a hook token")
    header = jwt.get_unverified_header(token)
    if not header.keys() <= {"alg", "typ", "kid"}:
        raise jwt.DecodeError("not the header of a hook token")
    for jwk in jwks:
        if header.get("kid", jwk.get("kid")) != jwk.get("kid"):
            continue
        try:
            claims = jwt.decode(token, jwt.PyJWK(jwk).key, ["HS256"], {"verify_iat": False})
        except jwt.InvalidSignatureError:
            continue
        except (OverflowError, TypeError):
            raise jwt.InvalidTokenError("time is not a number") from None
        if claims.keys() <= CLAIMS and claims.get("cmd") == command:
            return claims
        raise jwt.InvalidTokenError("another command, or an unknown claim")
    raise jwt.InvalidSignatureError("signed with an unknown key")
