<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use SimpleSAML\Module\openid2\Addresses;

final class AddressesTest extends TestCase
{
    /** @dataProvider addresses */
    public function testIsPublic(string $address, bool $isPublic): void
    {
        self::assertSame($isPublic, Addresses::isPublic($address));
    }

    public static function addresses(): iterable
    {
        $public = ['185.125.190.5', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '172.15.255.255', '172.32.0.0',
            '169.253.255.255', '223.255.255.255', '2620:2d:4000:1::1', '2001:4860::8888', '2003::1'];
        $other = ['0.0.0.0', '10.0.0.1', '100.64.0.1', '127.0.0.1', '127.255.255.255', '169.254.169.254', '172.16.0.1',
            '172.31.255.255', '192.0.0.1', '192.0.2.1', '192.168.1.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1',
            '255.255.255.255', '::', '::1', '::ffff:8.8.8.8', '::ffff:127.0.0.1', '64:ff9b::7f00:1', 'fe80::1', 'fc00::1',
            'fd12::1', 'fec0::1', 'ff02::1', '2001::1', '2001:db8::1', '2002:7f00:1::', '3fff::1', '127.1', 'localhost', ''];
        foreach ($public as $address) {
            yield $address => [$address, true];
        }
        foreach ($other as $address) {
            yield "'$address'" => [$address, false];
        }
    }
}
