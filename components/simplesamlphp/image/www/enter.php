<?php
// Where people enter their own OpenID.
declare(strict_types=1);

use SimpleSAML\Module\openid2\Auth\Source\Consumer;
use SimpleSAML\Module\openid2\Refused;

require '/usr/share/simplesamlphp/www/_include.php';

$id = (string) ($_GET['state'] ?? '');
$state = Consumer::waiting($id, Consumer::ENTER_STAGE);
if ($state === null) {
    require __DIR__ . '/lost.php';
    exit;
}
$entered = is_string($_POST['openid'] ?? null) ? trim($_POST['openid']) : '';
$fault = '';
if ($entered !== '') {
    try {
        Consumer::of($state)->startAt($state, $entered);
    } catch (Refused $refused) {
        $fault = $refused->getMessage();
    }
}
$text = static fn(string $plain): string => htmlspecialchars($plain, ENT_QUOTES | ENT_SUBSTITUTE);
?>
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Log in with your OpenID</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<main>
<h1>Log in with your OpenID</h1>
<form method="post" action="enter.php?state=<?= $text(rawurlencode($id)) ?>">
<?php if ($fault !== '') { ?>
<p role="alert" id="fault"><?= $text($fault) ?></p>
<?php } ?>
<label for="openid">OpenID: an address that begins with https://</label>
<input id="openid" name="openid" inputmode="url" autocomplete="url" required maxlength="255" value="<?= $text($entered) ?>">
<button type="submit">Log in</button>
</form>
</main>
</body>
</html>
