# Reads requests as lines of JSON, and answers each with a line: the token, the claims, or why it is refused.
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


# What the library does by itself, with the key that fits.
def decode_alone(token, jwks):
    for jwk in jwks:
        try:
            return jwt.decode(token, jwt.PyJWK(jwk).key, ["HS256"])
        except jwt.InvalidSignatureError as error:
            refusal = error
    raise refusal


def answer(request):
    if "claims" in request:
        return {"token": mint(request["claims"], request["jwks"][0])}
    try:
        if "bare" not in request:
            return {"claims": verify(request["token"], request["command"], request["jwks"])}
    except jwt.PyJWTError as refusal:
        return {"refused": str(refusal)}
    # By itself the library may raise something else.
    try:
        return {"claims": decode_alone(request["token"], request["jwks"])}
    except Exception as refusal:
        return {"refused": str(refusal)}


for line in sys.stdin:
    request = json.loads(line)
    Clock.seconds = request["now"]
    # What Python calls JSON knows NaN; its readers may not.
    print(json.dumps(json.loads(json.dumps(answer(request)), parse_constant=str)))
