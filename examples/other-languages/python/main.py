# python3 main.py mint COMMAND USER, or verify COMMAND TOKEN. HOOKURL_JWKS: what `hookurl keys jwk` prints.
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
    except jwt.PyJWTError as refusal:
        sys.exit(f"refused: {refusal}")
