<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use SimpleSAML\Module\openid2\Identifier;
use SimpleSAML\Module\openid2\Refused;

final class IdentifierTest extends TestCase
{
    /** @dataProvider inputs */
    public function testWhatIsTypedHasOneSpelling(string $typed, string $expected): void
    {
        self::assertSame($expected, Identifier::fromInput($typed));
    }

    public static function inputs(): array
    {
        return [
            ['example.org', 'https://example.org/'],
            ['HTTPS://Example.ORG:443', 'https://example.org/'],
            ['https://example.org/Ada?x=Y#top', 'https://example.org/Ada?x=Y'],
            ['example.org:8443/ada', 'https://example.org:8443/ada'],
        ];
    }

    public function testAFragmentIsPartOfWhatIsClaimed(): void
    {
        self::assertSame('https://example.org/ada#2', Identifier::normal('https://example.org/ada#2'));
    }

    /** @dataProvider refused */
    public function testOtherIdentifiersAreRefused(string $typed): void
    {
        $this->expectException(Refused::class);
        Identifier::fromInput($typed);
    }

    public static function refused(): array
    {
        return [['http://example.org/'], ['=ada'], ['xri://=ada'], ['https://example.org/a/../b'], ['https://example.org/%2E%2e/b'],
            ['https://127.0.0.1/'], [''], ['example.org/' . str_repeat('a', 250)]];
    }
}
