<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use SimpleSAML\Module\openid2\Extensions;
use SimpleSAML\Module\openid2\Message;
use SimpleSAML\Module\openid2\Refused;

final class MessageTest extends TestCase
{
    private const SREG = 'http://openid.net/extensions/sreg/1.1';
    private const TEAMS = 'http://ns.launchpad.net/2007/openid-teams';

    public function testFieldsOfARequestKeepTheirNames(): void
    {
        $message = Message::fromRequest('state=s&openid.mode=id_res&openid.ns.sreg=a%20b', 'openid.sig=c+d%3D&x=y');
        self::assertSame(['mode' => 'id_res', 'ns.sreg' => 'a b', 'sig' => 'c d='], $message->fields);
    }

    /** @dataProvider twice */
    public function testAFieldThatIsThereTwiceIsRefused(string $query, string $body): void
    {
        $this->expectException(Refused::class);
        Message::fromRequest($query, $body);
    }

    public static function twice(): array
    {
        return [['openid.mode=a&openid.mode=b', ''], ['openid.mode=a', 'openid.mode=a'], ['openid.mode=a&openid.%6dode=b', '']];
    }

    public function testKeyValuesMayHaveColons(): void
    {
        self::assertSame(['a' => 'b:c', 'd' => ''], Message::fromKeyValues("a:b:c\nd:\nx\n")->fields);
    }

    /** @dataProvider unsignable */
    public function testWhatCannotHaveBeenSignedIsRefused(array $fields): void
    {
        $this->expectException(Refused::class);
        (new Message($fields))->signedText();
    }

    public static function unsignable(): array
    {
        return [
            [['signed' => 'a', 'a' => "x\nb:y"]], [['signed' => 'a']], [['signed' => 'a,a', 'a' => 'x']], [['signed' => '']],
            [["signed" => "a:b", 'a:b' => 'x']],
        ];
    }

    /** What a person is said to be, with only some fields signed. */
    private static function attributes(array $fields, array $signed, bool $isVersion2 = true): array
    {
        return Extensions::attributes(new Message($fields + ['signed' => implode(',', $signed)]), $isVersion2, ['a', 'b']);
    }

    public function testSignedAttributesAndTeamsThatWereAskedForAreBelieved(): void
    {
        $fields = ['ns.s' => self::SREG, 's.email' => 'ada@example.org', 's.nickname' => 'ada', 's.country' => 'UK',
            'ns.t' => self::TEAMS, 't.is_member' => 'b,stranger'];
        self::assertSame(
            ['nickname' => ['ada'], 'email' => ['ada@example.org'], 'teams' => ['b']],
            self::attributes($fields, array_keys($fields)),
        );
        self::assertSame(['nickname' => ['ada']], self::attributes($fields, ['ns.s', 's.nickname', 't.is_member']));
    }

    public function testAnAliasThatIsNotSignedDoesNotMakeOtherFieldsAttributes(): void
    {
        $fields = ['ns.s' => self::SREG, 's.email' => 'ada@example.org'];
        self::assertSame([], self::attributes($fields, ['s.email']));
        self::assertSame([], self::attributes($fields, ['ns.s']));
    }

    public function testVersion1NeedsNoDeclaration(): void
    {
        $fields = ['sreg.email' => 'ada@example.org'];
        self::assertSame(['email' => ['ada@example.org']], self::attributes($fields, ['sreg.email'], false));
        self::assertSame([], self::attributes($fields, ['sreg.email']));
    }
}
