<?php
// A client site in plain PHP 8. Every view of the page signs a token of its own.
declare(strict_types=1);

$portal = getenv('VESTIBULE_URL') ?: 'https://portal.example.com';
$share = getenv('VESTIBULE_SHARE') ?: '00000000-0000-0000-0000-000000000000';
// The key is the 32 bytes that the 64 hex digits stand for, not their text.
$key = hex2bin((string) getenv('VESTIBULE_UNLOCK_SECRET'));
if ($key === false || strlen($key) !== 32) {
    throw new RuntimeException('VESTIBULE_UNLOCK_SECRET must be 64 hex digits');
}

// JWT has base64 of its own: two other characters, and no padding.
function base64url(string $bytes): string
{
    return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
}

function unlock_url(string $portal, string $share, string $key): string
{
    // Whole seconds. The portal takes 60 of them and no leeway: 5 are for clocks that disagree.
    $now = time();
    $header = base64url(json_encode(['alg' => 'HS256', 'typ' => 'JWT']));
    $claims = base64url(json_encode(['iss' => $share, 'nbf' => $now - 5, 'exp' => $now + 55]));
    // The last argument: raw bytes, not hex.
    $signature = base64url(hash_hmac('sha256', "$header.$claims", $key, true));
    return "$portal/content/$share?unlock=$header.$claims.$signature";
}

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
// Whoever gets these two answers can read the share: put them behind your own sign-in.
// A cached answer holds a token that has run out, so no cache may keep them.
header('Cache-Control: no-store');
if ($path === '/unlock-url') {
    header('Content-Type: application/json');
    echo json_encode(['url' => unlock_url($portal, $share, $key)]);
    return;
}
if ($path !== '/') {
    http_response_code(404);
    return;
}
$url = unlock_url($portal, $share, $key);
?>
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Client site</title>
<h1>Client site</h1>
<iframe data-vestibule data-unlock-url="/unlock-url" src="<?= htmlspecialchars($url) ?>" title="Manual"
        style="width:100%;height:80vh;border:0" referrerpolicy="strict-origin" allow="fullscreen"
        sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads"></iframe>
<script src="<?= htmlspecialchars($portal) ?>/embed.js" async></script>
</html>
