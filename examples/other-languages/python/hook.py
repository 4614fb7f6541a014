import re

import jwt

# Without "use": nothing here counts uses.
CLAIMS = {"cmd", "sub", "cnt", "rdr", "exp", "nbf", "iat", "jti", "get"}
SHAPE = re.compile(r"([A-Za-z0-9_-]+\.){2}[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")


def mint(claims, jwk):
    return jwt.encode(claims, jwt.PyJWK(jwk).key, "HS256", {"kid": jwk["kid"]} if "kid" in jwk else None)


def verify(token, command, jwks):
    header = jwt.get_unverified_header(token) if len(token) <= 8192 and SHAPE.fullmatch(token) else {"malformed_token": True}
    if not header.keys() <= {"alg", "typ", "kid"}:
        raise jwt.DecodeError("not the shape or the header of a hook")
    for jwk in jwks:
        if header.get("kid", jwk.get("kid")) != jwk.get("kid"):
            continue
        try:
            claims = jwt.decode(token, jwt.PyJWK(jwk).key, ["HS256"], {"verify_iat": False})
        except jwt.InvalidSignatureError:
            continue
        except (OverflowError, TypeError):
            raise jwt.InvalidTokenError("a time that is no number") from None
        if claims.keys() <= CLAIMS and claims.get("cmd") == command:
            return claims
        raise jwt.InvalidTokenError("another command, or a claim that is not known here")
    raise jwt.InvalidSignatureError("signed with none of these keys")
