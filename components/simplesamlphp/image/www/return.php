<?php
// Where an OpenID provider sends people back to, by GET or, with a long answer, by POST.
declare(strict_types=1);

use SimpleSAML\Auth\State;
use SimpleSAML\Module\openid2\Auth\Source\Consumer;
use SimpleSAML\Module\openid2\Message;

require '/usr/share/simplesamlphp/www/_include.php';

$state = Consumer::waiting((string) ($_GET['state'] ?? ''), Consumer::RETURN_STAGE);
if ($state === null) {
    require __DIR__ . '/lost.php';
    exit;
}
// An answer is looked at once.
State::deleteState($state);
$source = Consumer::of($state);
try {
    $query = $_SERVER['QUERY_STRING'] ?? '';
    $body = $_SERVER['REQUEST_METHOD'] === 'POST' ? (string) file_get_contents('php://input') : '';
    $source->finish($state, Message::fromRequest($query, $body));
} catch (\Exception $fault) {
    Consumer::giveUp($state, $fault);
}
Consumer::completeAuth($state);
