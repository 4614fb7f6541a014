# Reads requests as lines of JSON, and answers each with a line: the token, the claims, or why it is refused.
require "json"
require File.join(ARGV.shift, "hook")

# What Time.now says while a request is answered.
module Clock
  class << self
    attr_accessor :seconds
  end

  def now = at(Clock.seconds)
end
Time.singleton_class.prepend(Clock)

def answer(request)
  return { token: mint(request["claims"], request["jwks"].first) } if request.key?("claims")
  return { claims: decode_alone(request["token"], request["jwks"]) } if request["bare"]

  { claims: verify(request["token"], request["command"], request["jwks"]) }
rescue JWT::DecodeError => e
  { refused: e.message }
end

# What the gem does by itself; it may raise something else.
def decode_alone(token, jwks)
  JWT.decode(token, jwks.map { |jwk| secret(jwk) }, true, algorithm: "HS256").first
rescue TypeError, NoMethodError, ArgumentError, FloatDomainError => e
  raise JWT::DecodeError, e.class.name
end

$stdin.each_line do |line|
  request = JSON.parse(line)
  Clock.seconds = request["now"]
  given = answer(request)
  begin
    puts JSON.generate(given)
  rescue JSON::GeneratorError
    # Claims that can be read and not be written, such as a lone surrogate.
    puts JSON.generate({ claims: {} })
  end
end
