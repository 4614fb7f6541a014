<?php
// Reads requests as JSON lines and responds to each with a line: the token, the claims, or the reason for a rejection.
require $argv[1] . '/hook.php';

while (($line = fgets(STDIN)) !== false) {
    // Decoded as objects, since an empty object must not become an empty list.
    $request = json_decode($line, false, 512, JSON_THROW_ON_ERROR);
    $jwks = array_map(fn (object $jwk): array => (array) $jwk, $request->jwks);
    $stateJwks = array_map(fn (object $jwk): array => (array) $jwk, $request->stateJwks ?? []);
    $hash = fn (array $claims, int $at): array => array_map(fn ($state) => stateHash($claims, $state, $stateJwks[$at]), $request->states);
    // "states" has the current state, or nothing if there is none.
    $hasState = isset($request->states) ? fn (array $claims, int $at): bool => in_array($claims['sta'], $hash($claims, $at), true) : null;
    try {
        if (isset($request->hash)) {
            echo json_encode(['hash' => $hash((array) $request->hash, 0)[0]], JSON_THROW_ON_ERROR), "\n";
            continue;
        }
        $response = isset($request->claims)
            ? ['token' => mint((array) $request->claims, $jwks[0])]
            : ['claims' => (object) verify($request->token, $request->command, $jwks, (int) $request->now, $hasState)];
        $output = json_encode($response, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION);
    } catch (Throwable $error) {
        $output = json_encode(['rejected' => get_class($error) . ': ' . $error->getMessage()], JSON_INVALID_UTF8_SUBSTITUTE);
    }
    echo $output, "\n";
}
