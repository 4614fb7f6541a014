<?php
// Reads requests as JSON lines and responds to each with a line: the token, the claims, or the reason for a rejection.
require $argv[1] . '/hook.php';

while (($line = fgets(STDIN)) !== false) {
    // Decoded as objects, since an empty object must not become an empty list.
    $request = json_decode($line, false, 512, JSON_THROW_ON_ERROR);
    $jwks = array_map(fn (object $jwk): array => (array) $jwk, $request->jwks);
    try {
        $response = isset($request->claims)
            ? ['token' => mint((array) $request->claims, $jwks[0])]
            : ['claims' => (object) verify($request->token, $request->command, $jwks, (int) $request->now)];
        $output = json_encode($response, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION);
    } catch (Throwable $error) {
        $output = json_encode(['rejected' => get_class($error) . ': ' . $error->getMessage()], JSON_INVALID_UTF8_SUBSTITUTE);
    }
    echo $output, "\n";
}
