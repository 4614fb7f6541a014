<?php
// Not "use": this program does not count uses.
const CLAIMS = ['cmd', 'sub', 'cnt', 'rdr', 'exp', 'nbf', 'iat', 'jti', 'get'];

function encode(string $bytes): string { return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '='); }

function decode(string $encoded): string { return base64_decode(strtr($encoded, '-_', '+/')); }

function sign(string $input, array $jwk): string { return encode(hash_hmac('sha256', $input, decode($jwk['k']), true)); }

function mint(array $claims, array $jwk): string {
    $header = ['alg' => 'HS256'] + array_intersect_key($jwk, ['kid' => true]);
    $input = encode(json_encode($header)) . '.' . encode(json_encode($claims, JSON_THROW_ON_ERROR));
    return $input . '.' . sign($input, $jwk);
}

function verify(string $token, string $command, array $jwks, int $now): array {
    $reject = fn (string $reason) => throw new UnexpectedValueException($reason);
    $shaped = strlen($token) <= 8192 && preg_match('/^(([\w-]+)\.([\w-]+))\.([\w-]{43})$/D', $token, $parts) === 1;
    $header = $shaped ? json_decode(decode($parts[2]), true) : null;
    if (!is_array($header) || array_diff(array_keys($header), ['alg', 'typ', 'kid'])) $reject('not a hook token');
    if (($header['alg'] ?? '') !== 'HS256') $reject('another algorithm');
    $named = array_filter($jwks, fn ($jwk) => !isset($header['kid']) || $header['kid'] === ($jwk['kid'] ?? null));
    $signed = array_filter($named, fn ($jwk) => hash_equals(sign($parts[1], $jwk), $parts[4]));
    if (!$signed) $reject('signed with an unknown key');
    $claims = (array) json_decode(decode($parts[3]), false, 512, JSON_THROW_ON_ERROR);
    if (array_diff(array_keys($claims), CLAIMS)) $reject('unknown claim');
    if (($claims['cmd'] ?? null) !== $command) $reject('another command');
    foreach (array_intersect(['exp', 'nbf', 'iat'], array_keys($claims)) as $name) {
        if (!is_int($claims[$name]) && !is_float($claims[$name])) $reject('time is not a number');
    }
    if ($now >= ($claims['exp'] ?? INF) || $now < ($claims['nbf'] ?? 0)) $reject('expired, or not yet valid');
    return $claims;
}
