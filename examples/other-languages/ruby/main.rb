# ruby main.rb mint COMMAND USER, or verify COMMAND TOKEN. HOOKURL_JWKS is the output of `hookurl keys jwk`.
require "json"
require_relative "hook"

jwks = ENV.fetch("HOOKURL_JWKS").lines.map { |line| JSON.parse(line) }
action, command, value = ARGV

begin
  puts mint({ cmd: command, sub: value, exp: Time.now.to_i + 3600 }, jwks.first) if action == "mint"
  puts JSON.generate(verify(value, command, jwks)) if action == "verify"
rescue JWT::DecodeError => e
  abort "rejected: #{e.message}"
end
