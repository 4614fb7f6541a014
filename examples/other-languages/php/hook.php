<?php
// Not "use", "sig" and "usr": this program checks neither uses nor requests nor users.
const CLAIMS = ['cmd', 'sub', 'cnt', 'rdr', 'exp', 'nbf', 'iat', 'jti', 'get', 'sta'];

function encode(string $bytes): string { return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '='); }

function decode(string $encoded): string { return base64_decode(strtr($encoded, '-_', '+/')); }

function sign(string $input, array $jwk): string { return encode(hash_hmac('sha256', $input, decode($jwk['k']), true)); }

function mint(array $claims, array $jwk): string {
    $header = ['alg' => 'HS256'] + array_intersect_key($jwk, ['kid' => true]);
    $input = encode(json_encode($header)) . '.' . encode(json_encode($claims, JSON_THROW_ON_ERROR));
    return $input . '.' . sign($input, $jwk);
}

// The claim "sta" of a state: a string, an integer, a boolean, null, or a list of these.
function stateHash(array $claims, mixed $state, array $stateJwk): string {
    $unescaped = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_LINE_TERMINATORS;
    $text = json_encode([$claims['cmd'], $claims['sub'] ?? null, $state], $unescaped | JSON_THROW_ON_ERROR);
    return substr(sign($text, $stateJwk), 0, 12);
}

// $hasState($claims, $at) compares "sta" with the current state; $at is the position of the key. Without it, "sta" is rejected.
function verify(string $token, string $command, array $jwks, int $now, ?callable $hasState = null): array {
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
    $bound = array_key_exists('sta', $claims);
    if ($bound && ($hasState === null || !$hasState($claims, array_key_first($signed)))) $reject('another state');
    foreach (array_intersect(['exp', 'nbf', 'iat'], array_keys($claims)) as $name) {
        if (!is_int($claims[$name]) && !is_float($claims[$name])) $reject('time is not a number');
    }
    if ($now >= ($claims['exp'] ?? INF) || $now < ($claims['nbf'] ?? 0)) $reject('expired, or not yet valid');
    return $claims;
}
