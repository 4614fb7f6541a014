# Reads requests as JSON lines and responds to each with a line: the token, the claims, or the reason for a rejection.
import datetime
import json
import sys

sys.path.insert(0, sys.argv[1])
import jwt.api_jwt
from hook import mint, verify


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


def handle(request):
    if "claims" in request:
        return {"token": mint(request["claims"], request["jwks"][0])}
    try:
        if "libraryOnly" not in request:
            return {"claims": verify(request["token"], request["command"], request["jwks"])}
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
