import base64
import hashlib
import hmac
import json
import sys


# The key is one of `hookurl keys jwk --for signature`: the one whose signing key verified the token.
def signing_secret(token, jwk):
    return hmac.digest(decode(jwk["k"]), decode(token.split(".")[-2]), "sha256")


# Standard Webhooks. The names of headers are lowercase, and the body is bytes.
def is_signed(headers, body, secret, now):
    id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not id or not timestamp.isascii() or not timestamp.isdigit() or abs(now - int(timestamp)) > 300:
        return False
    mac = hmac.digest(secret, f"{id}.{timestamp}.".encode() + body, hashlib.sha256)
    expected = b"v1," + base64.b64encode(mac)
    return any(hmac.compare_digest(one.encode(), expected) for one in headers.get("webhook-signature", "").split(" "))


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


if __name__ == "__main__":
    given = json.load(sys.stdin)
    secret = signing_secret(given["token"], given["jwk"])
    signed = is_signed(given["headers"], given["body"].encode(), secret, given["now"])
    print(json.dumps({"secret": "whsec_" + base64.b64encode(secret).decode(), "signed": signed}))
