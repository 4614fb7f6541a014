require "base64"
require "json"
require "jwt"
require "openssl"

# Not "use", "sig" and "usr": this program checks neither uses nor requests nor users.
CLAIMS = %w[cmd sub cnt rdr exp nbf iat jti get sta].freeze
SHAPE = /\A([A-Za-z0-9_-]+\.){2}[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]\z/

# JWT::JWK does not decode k, which is base64url.
def secret(jwk) = Base64.urlsafe_decode64(jwk["k"])

def mint(claims, jwk) = JWT.encode(claims, secret(jwk), "HS256", jwk.slice("kid"))

# The claim "sta" of a state: a string, an integer, a boolean, nil, or an array of these.
def state_hash(claims, state, state_jwk)
  text = JSON.generate([claims["cmd"], claims["sub"], state])
  Base64.urlsafe_encode64(OpenSSL::HMAC.digest("SHA256", secret(state_jwk), text))[0, 12]
end

# The block gets the claims and compares "sta" with the current state. Without a block, "sta" is rejected.
def verify(token, command, jwks)
  raise JWT::DecodeError, "not a hook token" unless token.length <= 8192 && SHAPE.match?(token)

  claims, header = JWT.decode(token, nil, true, algorithm: "HS256") do |named|
    jwks.select { |jwk| named.fetch("kid", jwk["kid"]) == jwk["kid"] }.map { |jwk| secret(jwk) }
  end
  known = (header.keys - %w[alg typ kid]).empty? && (claims.keys - CLAIMS).empty?
  raise JWT::InvalidPayload, "another command, or an unknown claim" unless known && claims["cmd"] == command
  raise JWT::InvalidPayload, "another state" if claims.key?("sta") && !(block_given? && yield(claims))

  claims
rescue TypeError, NoMethodError, FloatDomainError
  # Raised by the gem for a header or a time of another type.
  raise JWT::DecodeError, "a header or claims of another type"
end
