<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use SimpleSAML\Module\openid2\Discovery;
use SimpleSAML\Module\openid2\Refused;
use SimpleSAML\Module\openid2\Response;
use SimpleSAML\Module\openid2\Service;

final class DiscoveryTest extends TestCase
{
    private const ID = 'https://a.example.org/ada';
    private const XRDS = 'https://a.example.org/xrds';
    private const ENDPOINT = 'https://op.example.org/+openid';

    private const SIGNON = '<Service><Type>http://specs.openid.net/auth/2.0/signon</Type><URI>' . self::ENDPOINT . '</URI></Service>';

    /** @return list<Service> */
    private static function services(Response ...$pages): array
    {
        return (new Discovery(new Pages(array_combine(array_map(static fn($each) => $each->url, $pages), $pages))))
            ->services(self::ID);
    }

    public function testXrdsAtTheIdentifierItself(): void
    {
        self::assertEquals(
            [new Service(true, self::ENDPOINT, self::ID, self::ID)],
            self::services(Pages::xrds(self::ID, self::SIGNON)),
        );
    }

    public function testXrdsThatAHeaderOrTheHeadOfAPageNames(): void
    {
        $xrds = Pages::xrds(self::XRDS, self::SIGNON);
        $meta = '<html><head><meta http-equiv="x-xrds-location" content="/xrds"></head></html>';
        $expected = [new Service(true, self::ENDPOINT, self::ID, self::ID)];
        $header = ['content-type' => 'text/html', 'x-xrds-location' => self::XRDS];
        self::assertEquals($expected, self::services(Pages::page(self::ID, '', $header), $xrds));
        self::assertEquals($expected, self::services(Pages::page(self::ID, $meta), $xrds));
    }

    public function testServicesComeByKindThenByPriority(): void
    {
        $service = static fn(string $type, string $uri, string $rest = '', string $priority = ''): string =>
            "<Service $priority><Type>$type</Type>$rest<URI>https://$uri.example.org/</URI></Service>";
        $signon = 'http://specs.openid.net/auth/2.0/signon';
        $found = self::services(Pages::xrds(
            self::ID,
            $service('http://openid.net/signon/1.1', 'one', '<openid:Delegate>https://d.example.org/</openid:Delegate>', 'priority="0"')
            . $service('http://example.org/other', 'other', '', 'priority="0"')
            . $service($signon, 'last')
            . $service($signon, 'second', '', 'priority="20"')
            . $service($signon, 'first', '<LocalID>https://l.example.org/</LocalID>', 'priority="10"')
            . $service('http://specs.openid.net/auth/2.0/server', 'server'),
        ));
        self::assertEquals([
            new Service(true, 'https://server.example.org/'),
            new Service(true, 'https://first.example.org/', self::ID, 'https://l.example.org/'),
            new Service(true, 'https://second.example.org/', self::ID, self::ID),
            new Service(true, 'https://last.example.org/', self::ID, self::ID),
            new Service(false, 'https://one.example.org/', self::ID, 'https://d.example.org/'),
        ], $found);
    }

    public function testLinksInTheHeadOfAPage(): void
    {
        $head = '<link rel="openid2.provider openid.server" href="' . self::ENDPOINT . '"><link rel="openid2.local_id" href="https://l.example.org/">';
        self::assertEquals(
            [new Service(true, self::ENDPOINT, self::ID, 'https://l.example.org/'), new Service(false, self::ENDPOINT, self::ID, self::ID)],
            self::services(Pages::page(self::ID, "<html><head>$head</head><body></body></html>")),
        );
    }

    public function testWhereAPageHasMovedToIsClaimed(): void
    {
        $moved = new Pages([self::ID => Pages::xrds('https://b.example.org/ada', self::SIGNON)]);
        $services = (new Discovery($moved))->services(self::ID);
        self::assertSame('https://b.example.org/ada', $services[0]->claimedId);
    }

    /** @dataProvider refused */
    public function testWhatNamesNoProviderIsRefused(Response $page): void
    {
        $this->expectException(Refused::class);
        self::services($page);
    }

    public static function refused(): array
    {
        $link = '<link rel="openid2.provider" href="' . self::ENDPOINT . '">';
        $entity = '<!DOCTYPE x [<!ENTITY a "b">]>';
        $plain = str_replace(self::ENDPOINT, 'http://op.example.org/', self::SIGNON);
        $xrds = Pages::xrds(self::ID, self::SIGNON);
        return [
            'nothing' => [Pages::page(self::ID, '')],
            'a link in a comment that a visitor wrote' => [Pages::page(self::ID, "<html><head></head><body><p>$link</p></body></html>")],
            'a comment of HTML' => [Pages::page(self::ID, "<html><head><!-- $link --></head></html>")],
            'an endpoint without TLS' => [Pages::xrds(self::ID, $plain)],
            'a document type' => [new Response(self::ID, 200, $xrds->headers, str_replace('?><', "?>$entity<", $xrds->body))],
            'no XML' => [new Response(self::ID, 200, $xrds->headers, 'x')],
            'an error' => [new Response(self::ID, 404, $xrds->headers, $xrds->body)],
        ];
    }
}
