# Reads requests as JSON lines and responds to each with a line: the token, the claims, or the reason for a rejection.
require "json"
require File.join(ARGV.shift, "hook")

# The time that Time.now returns while a request is handled.
module Clock
  class << self
    attr_accessor :seconds
  end

  def now = at(Clock.seconds)
end
Time.singleton_class.prepend(Clock)

# "states" has the current state, or nothing if there is none.
def state?(request, claims)
  hashes = request["states"].product(request["stateJwks"]).map { |state, jwk| state_hash(claims, state, jwk) }
  hashes.include?(claims["sta"])
end

def handle(request)
  return { hash: state_hash(request["hash"], request["states"].first, request["stateJwks"].first) } if request["hash"]
  return { token: mint(request["claims"], request["jwks"].first) } if request.key?("claims")
  return { claims: decode_with_library_only(request["token"], request["jwks"]) } if request["libraryOnly"]

  has_state = request["states"] && ->(claims) { state?(request, claims) }
  { claims: verify(request["token"], request["command"], request["jwks"], &has_state) }
rescue JWT::DecodeError => e
  { rejected: e.message }
end

# Verifies with the gem alone, which may raise other exceptions.
def decode_with_library_only(token, jwks)
  JWT.decode(token, jwks.map { |jwk| secret(jwk) }, true, algorithm: "HS256").first
rescue TypeError, NoMethodError, ArgumentError, FloatDomainError => e
  raise JWT::DecodeError, e.class.name
end

$stdin.each_line do |line|
  request = JSON.parse(line)
  Clock.seconds = request["now"]
  response = handle(request)
  begin
    puts JSON.generate(response)
  rescue JSON::GeneratorError
    # Claims that can be parsed but not generated, such as a lone surrogate.
    puts JSON.generate({ claims: {} })
  end
end
