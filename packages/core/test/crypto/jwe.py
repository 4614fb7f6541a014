# Reads requests as JSON lines, and responds to each with a line: the text of a JWE, or a JWE with the text.
import json
import sys

from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK

algorithms = ["dir", "A256GCM"]
for line in sys.stdin:
    request = json.loads(line)
    key = JWK(kty="oct", k=request["k"])
    if "token" in request:
        jwe = JWE(algs=algorithms)
        jwe.deserialize(request["token"], key)
        print(json.dumps(jwe.payload.decode()))
    else:
        jwe = JWE(request["text"].encode(), request["header"], algs=algorithms)
        jwe.add_recipient(key)
        print(json.dumps(jwe.serialize(compact=True)))
