<?php

declare(strict_types=1);

use SimpleSAML\Module\openid2\Http;
use SimpleSAML\Module\openid2\Refused;
use SimpleSAML\Module\openid2\Response;

/** The internet of a test: what each address answers. */
final class Pages extends Http
{
    /** @var list<array{string, array<string, string>}> forms that were sent */
    public array $posted = [];

    /**
     * @param array<string, Response> $pages
     * @param array<string, string> $answers to forms
     */
    public function __construct(private readonly array $pages = [], private readonly array $answers = [])
    {
        parent::__construct();
    }

    public static function page(string $url, string $body, array $headers = ['content-type' => 'text/html']): Response
    {
        return new Response($url, 200, $headers, $body);
    }

    public static function xrds(string $url, string $services): Response
    {
        $xml = '<?xml version="1.0"?><xrds:XRDS xmlns:xrds="xri://$xrds" xmlns="xri://$xrd*($v*2.0)"
            xmlns:openid="http://openid.net/xmlns/1.0"><XRD>' . $services . '</XRD></xrds:XRDS>';
        return self::page($url, $xml, ['content-type' => 'application/xrds+xml; charset=utf-8']);
    }

    public function get(string $url, string $accept): Response
    {
        return $this->pages[$url] ?? throw new Refused("$url: not there");
    }

    public function post(string $url, array $fields): Response
    {
        $this->posted[] = [$url, $fields];
        return new Response($url, 200, [], $this->answers[$url] ?? '');
    }
}
