<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use SimpleSAML\Module\openid2\Http;
use SimpleSAML\Module\openid2\Refused;

final class HttpTest extends TestCase
{
    public function testAnOrdinaryAddressIsTaken(): void
    {
        self::assertSame(['login.ubuntu.com', 443], Http::target('https://login.ubuntu.com/+openid'));
        self::assertSame(['a.example.org', 8443], Http::target('https://A.example.org:8443/'));
    }

    /** @dataProvider noTargets */
    public function testWhatIsNoNameOfAHostOverHttpsIsRefused(string $url): void
    {
        $this->expectException(Refused::class);
        Http::target($url);
    }

    public static function noTargets(): iterable
    {
        $urls = ['http://a.example.org/', 'file:///etc/passwd', 'gopher://a.example.org/', 'https://127.0.0.1/', 'https://127.1/',
            'https://2130706433/', 'https://0x7f.0.0.1/', 'https://0177.0.0.1/', 'https://[::1]/', 'https://[::ffff:127.0.0.1]/',
            'https://localhost/', 'https://keycloak:8443/', 'https://u:p@a.example.org/', 'https://a.example.org@127.0.0.1/',
            "https://a.example.org/\r\nX: y", 'https://a.example.org\\@b.example.org/', 'https:///a', '//a.example.org/', '',
            'https://a.example.org./', 'https://a..example.org/', 'https://ａ.example.org/', 'https://a.example.org/ x'];
        foreach ($urls as $url) {
            yield "'$url'" => [$url];
        }
    }

    /** @dataProvider privateAnswers */
    public function testANameThatLeadsToAnAddressWhichIsNotPublicIsRefused(array $addresses): void
    {
        $http = new Http([], static fn() => $addresses);
        $this->expectExceptionMessage('a.example.org: not a public address');
        $http->get('https://a.example.org/', '*/*');
    }

    public static function privateAnswers(): array
    {
        return [[['169.254.169.254']], [['127.0.0.1']], [['::1']], [['fe80::1']], [['8.8.8.8', '10.0.0.1']]];
    }

    /** The control of the test above: the name alone decides, and what is allowed gets as far as connecting. */
    public function testANameThatMayIsAsked(): void
    {
        $http = new Http(['a.example.org'], static fn() => ['127.0.0.1']);
        $this->expectExceptionMessage('connect to server');
        $http->get('https://a.example.org:1/', '*/*');
    }

    public function testANameWithoutAnAddressIsRefused(): void
    {
        $this->expectExceptionMessage('a.example.org: no such host');
        (new Http([], static fn() => []))->get('https://a.example.org/', '*/*');
    }

    /** @dataProvider locations */
    public function testWhereALocationLeads(string $location, string $expected): void
    {
        self::assertSame($expected, Http::absolute($location, 'https://a.example.org:8443/b/c?d'));
    }

    public static function locations(): array
    {
        return [
            ['https://b.example.org/x', 'https://b.example.org/x'],
            ['http://127.0.0.1/', 'http://127.0.0.1/'], // refused when it is asked
            ['//b.example.org/x', 'https://b.example.org/x'],
            ['/x', 'https://a.example.org:8443/x'],
            ['x', 'https://a.example.org:8443/b/x'],
        ];
    }
}
