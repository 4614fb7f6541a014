# Reads requests as JSON lines and responds to each with a line: the token, the claims, or the reason for a rejection.
import datetime
import json
import sys

sys.path.insert(0, sys.argv[1])
import jwt.api_jwt
from hook import mint, state_hash, verify


class Clock(datetime.datetime):
    seconds = 0

    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(Clock.seconds, tz)


jwt.api_jwt.datetime = Clock


# Verifies with the library alone, with the first key that fits.
def decode_with_library_only(token, jwks):
    for jwk in jwks:
        try:
            return jwt.decode(token, jwt.PyJWK(jwk).key, ["HS256"])
        except jwt.InvalidSignatureError as invalid:
            error = invalid
    raise error


# "states" has the current state, or nothing if there is none.
def verify_with_states(request):
    def has_state(claims, at):
        hashes = [state_hash(claims, state, request["stateJwks"][at]) for state in request["states"]]
        return claims["sta"] in hashes

    checks = {"has_state": has_state} if "states" in request else {}
    return verify(request["token"], request["command"], request["jwks"], **checks)


def handle(request):
    if "hash" in request:
        return {"hash": state_hash(request["hash"], request["states"][0], request["stateJwks"][0])}
    if "claims" in request:
        return {"token": mint(request["claims"], request["jwks"][0])}
    try:
        if "libraryOnly" not in request:
            return {"claims": verify_with_states(request)}
    except jwt.PyJWTError as error:
        return {"rejected": str(error)}
    # The library alone may raise other exceptions.
    try:
        return {"claims": decode_with_library_only(request["token"], request["jwks"])}
    except Exception as error:
        return {"rejected": str(error)}


for line in sys.stdin:
    request = json.loads(line)
    Clock.seconds = request["now"]
    # Python's json accepts NaN, which is not valid JSON.
    print(json.dumps(json.loads(json.dumps(handle(request)), parse_constant=str)))
