<?php
// What the health check asks for: the configuration can be read and the store written.
declare(strict_types=1);

require '/usr/share/simplesamlphp/www/_include.php';

\SimpleSAML\Store::getInstance();
http_response_code(204);
