# python3 main.py mint COMMAND USER, or verify COMMAND TOKEN. HOOKURL_JWKS is the output of `hookurl keys jwk`.
import json
import os
import sys
import time

import jwt
from hook import mint, verify

jwks = [json.loads(line) for line in os.environ["HOOKURL_JWKS"].splitlines()]
action, command, value = sys.argv[1:]

if action == "mint":
    print(mint({"cmd": command, "sub": value, "exp": int(time.time()) + 3600}, jwks[0]))
else:
    try:
        print(json.dumps(verify(value, command, jwks)))
    except jwt.PyJWTError as error:
        sys.exit(f"rejected: {error}")
