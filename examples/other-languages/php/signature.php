<?php
function decode(string $encoded): string { return base64_decode(strtr($encoded, '-_', '+/')); }

// The key is one of `hookurl keys jwk --for signature`: the one whose signing key verified the token.
function signingSecret(string $token, array $jwk): string {
    return hash_hmac('sha256', decode(array_slice(explode('.', $token), -2)[0]), decode($jwk['k']), true);
}

// Standard Webhooks. The names of headers are lowercase.
function isSigned(array $headers, string $body, string $secret, int $now): bool {
    [$id, $timestamp] = [$headers['webhook-id'] ?? '', $headers['webhook-timestamp'] ?? ''];
    if ($id === '' || !ctype_digit($timestamp) || abs($now - (int) $timestamp) > 300) return false;
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $secret, true));
    foreach (explode(' ', $headers['webhook-signature'] ?? '') as $signature) {
        if (hash_equals($expected, $signature)) return true;
    }
    return false;
}

$given = json_decode(stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR);
$secret = signingSecret($given['token'], $given['jwk']);
$signed = isSigned($given['headers'], $given['body'], $secret, $given['now']);
echo json_encode(['secret' => 'whsec_' . base64_encode($secret), 'signed' => $signed], JSON_UNESCAPED_SLASHES), "\n";
