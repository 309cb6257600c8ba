<?php

declare(strict_types=1);

spl_autoload_register(static function (string $class): void {
    $prefix = 'SimpleSAML\\Module\\openid2\\';
    if (str_starts_with($class, $prefix)) {
        $file = str_replace('\\', '/', substr($class, strlen($prefix)));
        require "/usr/share/simplesamlphp/modules/openid2/lib/$file.php";
    }
});
require __DIR__ . '/Pages.php';
