require "base64"
require "json"
require "openssl"

# The key is one of `hookurl keys jwk --for signature`: the one whose signing key verified the token.
def signing_secret(token, jwk)
  OpenSSL::HMAC.digest("SHA256", Base64.urlsafe_decode64(jwk["k"]), Base64.urlsafe_decode64(token.split(".")[-2]))
end

# Standard Webhooks. The names of headers are lowercase.
def signed?(headers, body, secret, now)
  id, timestamp = headers.values_at("webhook-id", "webhook-timestamp").map(&:to_s)
  return false if id.empty? || !timestamp.match?(/\A\d+\z/) || (now - timestamp.to_i).abs > 300

  expected = "v1,#{Base64.strict_encode64(OpenSSL::HMAC.digest("SHA256", secret, "#{id}.#{timestamp}.#{body}"))}"
  headers.fetch("webhook-signature", "").split.any? { |signature| OpenSSL.secure_compare(signature, expected) }
end

if $PROGRAM_NAME == __FILE__
  given = JSON.parse($stdin.read)
  secret = signing_secret(given["token"], given["jwk"])
  signed = signed?(given["headers"], given["body"], secret, given["now"])
  puts JSON.generate("secret" => "whsec_#{Base64.strict_encode64(secret)}", "signed" => signed)
end
