#!/usr/bin/php
<?php
// make-key UID: fills /var/lib/shim for a user, once, and prints the certificate of the key there.
declare(strict_types=1);

const FOLDER = '/var/lib/shim';
const DAYS = 3650; // nobody checks it: Keycloak is told this very certificate

umask(0077);
$uid = (int) ($argv[1] ?? throw new InvalidArgumentException('usage: make-key UID'));
if (!file_exists(FOLDER . '/signing.crt')) {
    $key = openssl_pkey_new(['private_key_type' => OPENSSL_KEYTYPE_RSA, 'private_key_bits' => 3072]);
    $request = openssl_csr_new(['commonName' => 'SAML shim'], $key, ['digest_alg' => 'sha256']);
    $certificate = openssl_csr_sign($request, null, $key, DAYS, ['digest_alg' => 'sha256'], random_int(1, PHP_INT_MAX));
    openssl_pkey_export_to_file($key, FOLDER . '/signing.key');
    file_put_contents(FOLDER . '/salt', bin2hex(random_bytes(32)));
    openssl_x509_export_to_file($certificate, FOLDER . '/new.crt');
    rename(FOLDER . '/new.crt', FOLDER . '/signing.crt'); // last: its presence says that all is there
}
foreach ([FOLDER, ...glob(FOLDER . '/*')] as $path) {
    chown($path, $uid);
    chgrp($path, $uid);
}
chmod(FOLDER, 0700);
echo file_get_contents(FOLDER . '/signing.crt');
