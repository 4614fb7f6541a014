<?php
// Reads requests as lines of JSON, and answers each with a line: the token, the claims, or why it is refused.
require $argv[1] . '/hook.php';

while (($line = fgets(STDIN)) !== false) {
    // Objects stay objects inside: an empty one must not become an empty list.
    $request = json_decode($line, false, 512, JSON_THROW_ON_ERROR);
    $jwks = array_map(fn (object $jwk): array => (array) $jwk, $request->jwks);
    try {
        $answer = isset($request->claims)
            ? ['token' => mint((array) $request->claims, $jwks[0])]
            : ['claims' => (object) verify($request->token, $request->command, $jwks, (int) $request->now)];
        $text = json_encode($answer, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION);
    } catch (Throwable $refusal) {
        $text = json_encode(['refused' => get_class($refusal) . ': ' . $refusal->getMessage()], JSON_INVALID_UTF8_SUBSTITUTE);
    }
    echo $text, "\n";
}
