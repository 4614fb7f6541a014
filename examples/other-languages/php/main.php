<?php
// php main.php mint COMMAND USER, or verify COMMAND TOKEN. HOOKURL_JWKS is the output of `hookurl keys jwk`.
require __DIR__ . '/hook.php';

$jwks = array_map(fn (string $line): array => json_decode($line, true), explode("\n", trim(getenv('HOOKURL_JWKS'))));
[, $action, $command, $value] = $argv;

try {
    if ($action === 'mint') echo mint(['cmd' => $command, 'sub' => $value, 'exp' => time() + 3600], $jwks[0]), "\n";
    else echo json_encode(verify($value, $command, $jwks, time())), "\n";
} catch (UnexpectedValueException | JsonException $error) {
    fwrite(STDERR, "rejected: {$error->getMessage()}\n");
    exit(1);
}
