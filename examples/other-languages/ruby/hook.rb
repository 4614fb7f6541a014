require "base64"
require "jwt"

# Not "use": this program does not count uses.
CLAIMS = %w[cmd sub cnt rdr exp nbf iat jti get].freeze
SHAPE = /\A([A-Za-z0-9_-]+\.){2}[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]\z/

# JWT::JWK does not decode k, which is base64url.
def secret(jwk) = Base64.urlsafe_decode64(jwk["k"])

def mint(claims, jwk) = JWT.encode(claims, secret(jwk), "HS256", jwk.slice("kid"))

def verify(token, command, jwks)
  raise JWT::DecodeError, "not a hook token" unless token.length <= 8192 && SHAPE.match?(token)

  claims, header = JWT.decode(token, nil, true, algorithm: "HS256") do |named|
    jwks.select { |jwk| named.fetch("kid", jwk["kid"]) == jwk["kid"] }.map { |jwk| secret(jwk) }
  end
  known = (header.keys - %w[alg typ kid]).empty? && (claims.keys - CLAIMS).empty?
  raise JWT::InvalidPayload, "another command, or an unknown claim" unless known && claims["cmd"] == command

  claims
rescue TypeError, NoMethodError, FloatDomainError
  # Raised by the gem for a header or a time of another type.
  raise JWT::DecodeError, "a header or claims of another type"
end
