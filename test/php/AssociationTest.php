<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use SimpleSAML\Module\openid2\Associations;
use SimpleSAML\Module\openid2\Store;

final class AssociationTest extends TestCase
{
    private const ENDPOINT = 'https://op.example.org/+openid';

    /** What a provider answers, with changes. */
    private static function answer(array $changes = []): string
    {
        $fields = $changes + ['assoc_handle' => 'h1', 'assoc_type' => 'HMAC-SHA256', 'session_type' => 'no-encryption',
            'expires_in' => '3600', 'mac_key' => base64_encode(str_repeat('k', 32))];
        return implode('', array_map(static fn($name, $value) => "$name:$value\n", array_keys($fields), $fields));
    }

    public function testAKeyIsAskedForOnceAndKept(): void
    {
        $pages = new Pages(answers: [self::ENDPOINT => self::answer()]);
        $store = new Store(new PDO('sqlite::memory:'));
        $made = (new Associations($pages, $store))->with(self::ENDPOINT);
        self::assertSame(str_repeat('k', 32), $made?->key);
        self::assertEqualsWithDelta(time() + 3600, $made->expires, 2);
        $later = new Associations($pages, $store);
        self::assertEquals($made, $later->with(self::ENDPOINT));
        self::assertEquals($made, $later->named(self::ENDPOINT, 'h1'));
        self::assertCount(1, $pages->posted);
    }

    public function testAnotherProvidersKeyIsNone(): void
    {
        $associations = new Associations(new Pages(answers: [self::ENDPOINT => self::answer()]), new Store(new PDO('sqlite::memory:')));
        $associations->with(self::ENDPOINT);
        self::assertNull($associations->named('https://other.example.org/', 'h1'));
        self::assertNull($associations->named(self::ENDPOINT, 'h2'));
    }

    public function testAKeyThatIsOverIsForgotten(): void
    {
        $pages = new Pages(answers: [self::ENDPOINT => self::answer(['expires_in' => '0'])]);
        $associations = new Associations($pages, new Store(new PDO('sqlite::memory:')));
        $associations->with(self::ENDPOINT);
        self::assertNull($associations->named(self::ENDPOINT, 'h1'));
    }

    /** @dataProvider unsound */
    public function testAnAnswerThatIsNotWhatWasAskedForIsNoKey(array $changes): void
    {
        $pages = new Pages(answers: [self::ENDPOINT => self::answer($changes)]);
        self::assertNull((new Associations($pages, new Store(new PDO('sqlite::memory:'))))->with(self::ENDPOINT));
    }

    public static function unsound(): array
    {
        return [
            [['assoc_type' => 'HMAC-SHA1']], [['session_type' => 'DH-SHA256']], [['mac_key' => base64_encode('short')]],
            [['mac_key' => '*']], [['assoc_handle' => '']], [['assoc_handle' => 'a b']], [['expires_in' => '-1']], [['expires_in' => 'x']],
        ];
    }
}
